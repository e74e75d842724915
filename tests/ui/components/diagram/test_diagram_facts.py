"""What the diagram is sent: every row once, every block around it, every edge."""

import json

import pytest

from cnnviz.figures.layer_words import kind_key
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.trace.record import Trace
from cnnviz.ui.components.diagram.diagram_facts import diagram_facts
from cnnviz.zoo import ARCHITECTURES, build


def _trace(name: str, **options: object) -> Trace:
    entry = ARCHITECTURES[name]
    return trace(build(name, options, device="meta"), entry.input_shape(entry.resolve(options)))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_row_is_sent_with_the_numbers_of_its_record(name: str) -> None:
    facts = _trace(name)
    sent = diagram_facts(facts, "en")
    json.dumps(sent)
    assert [row["name"] for row in sent["rows"]] == [row.name for row in facts.layers]
    for row, record in zip(sent["rows"], facts.layers, strict=True):
        assert row["shape"] == list(record.shape)
        assert (row["params"], row["macs"], row["bytes"]) == (
            record.num_params,
            record.macs,
            record.activation_bytes,
        )
        names = [sent["rows"][at]["name"] if at >= 0 else "input" for at in row["inputs"]]
        assert names == list(record.inputs)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_blocks_at_the_top_and_the_rows_beside_them_hold_the_whole_network(name: str) -> None:
    facts = _trace(name)
    sent = diagram_facts(facts, "en")
    top = [block for block in sent["blocks"] if block["parent"] < 0]
    alone = [row for row in sent["rows"] if row["block"] < 0]
    assert sum(part["params"] for part in [*top, *alone]) == facts.num_params
    assert sum(part["macs"] for part in [*top, *alone]) == facts.macs
    assert sum(block["layers"] for block in top) + len(alone) == len(facts.layers)


@pytest.mark.parametrize(
    ("name", "options", "folds"),
    [
        ("resnet", {"form": "torchvision", "depth": 152}, {7, 35}),
        ("densenet", {"form": "torchvision"}, {6, 12, 24, 16}),
        ("mobilenet", {}, {5}),
        ("resnet", {}, set()),
        ("googlenet", {}, set()),
    ],
)
def test_repeated_blocks_fold_with_their_number(name: str, options: dict[str, object], folds: set[int]) -> None:
    sent = diagram_facts(_trace(name, **options), "en")
    assert {block["times"] for block in sent["blocks"]} - {1} >= folds
    if not folds:
        assert all(block["times"] == 1 for block in sent["blocks"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_the_zoo_has_words(language: str) -> None:
    kinds = load("kinds", language)
    forms = [("lenet", {"batch_norm": each, "activation": "tanh"}) for each in ("full", "mean", "variance", "fixed")]
    forms += [
        ("alexnet", {"form": "paper"}),
        ("vgg", {"config": "A-LRN"}),
        ("mobilenet", {"version": "v3-large"}),
        ("mobilenet", {"version": "v2"}),
        *((name, {}) for name in ARCHITECTURES),
    ]
    for name, options in forms:
        for record in _trace(name, **options).layers:
            assert f"{kind_key(record)}.name" in kinds, record.kind
            assert f"{kind_key(record)}.what" in kinds, record.kind


def test_the_identity_changes_with_the_layers_and_not_with_the_language() -> None:
    one, other = diagram_facts(_trace("lenet"), "en"), diagram_facts(_trace("lenet"), "zh-Hans")
    assert one["identity"] == other["identity"]
    assert one["version"] != other["version"]
    assert one["identity"] != diagram_facts(_trace("lenet", batch_norm="full"), "en")["identity"]
