"""Blocks as a tree, equal neighbours under one fold."""

import pytest
import torch
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.trace import FoldedBlock, Trace, fold_blocks, trace

FORMS = [
    ("lenet", {}),
    ("vgg", {"config": "E"}),
    ("nin", {}),
    ("googlenet", {}),
    ("resnet", {"form": "torchvision", "depth": 152}),
    ("densenet", {}),
    ("mobilenet", {}),
    ("mobilenet", {"version": "v3-large"}),
]


def traced(name: str, options: dict[str, object]) -> Trace:
    entry = zoo.architecture(name)
    return trace(zoo.build(name, options, device="meta"), entry.input_shape(entry.resolve(options)))


def folds(blocks: list[FoldedBlock]) -> dict[str, int]:
    return {block.path: block.times for block in blocks if block.times > 1}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_row_stands_once_in_each_block_around_it(form: tuple[str, dict[str, object]]) -> None:
    facts = traced(*form)
    blocks = fold_blocks(facts)
    top = [row for block in blocks if block.parent is None for row in block.rows]
    alone = [row for row in facts.layers if not row.block]
    assert sorted(row.name for row in [*top, *alone]) == sorted(row.name for row in facts.layers)
    for block in blocks:
        assert block.parent is None or block.parent in blocks[: blocks.index(block)]
        if block.times > 1:
            assert [row for part in block.blocks for row in part.rows] == block.rows
            assert len(block.blocks) == block.times
            assert len({part.structure for part in block.blocks}) == 1


def test_equal_blocks_of_a_stage_fold_into_one_with_its_count() -> None:
    # of [3, 8, 36, 3] bottlenecks the first of a stage differs, and two alike stay as they are
    blocks = fold_blocks(traced("resnet", {"form": "torchvision", "depth": 152}))
    assert folds(blocks) == {"stage2.block2…block8": 7, "stage3.block2…block36": 35}


def test_two_equal_blocks_stay_as_they_are() -> None:
    def block() -> nn.Module:
        return nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())

    assert folds(fold_blocks(trace(nn.Sequential(block(), block()), (4, 8, 8)))) == {}
    assert folds(fold_blocks(trace(nn.Sequential(block(), block(), block()), (4, 8, 8)))) == {"0…2": 3}


def test_blocks_with_a_layer_between_them_do_not_fold() -> None:
    class Apart(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c = (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU()) for _ in range(3))

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.c(torch.tanh(self.b(torch.tanh(self.a(x)))))
            return y

    assert folds(fold_blocks(trace(Apart(), (1, 4, 4)))) == {}
