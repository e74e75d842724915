"""CUDA graphs: when they are taken, and what is captured; on the processor, with a capture that counts its calls."""

from contextlib import nullcontext

import pytest
import torch
from torch import Tensor, nn

from cnnviz.accelerate.cuda_graphs import MOST_PARAMETERS, SWITCH, GraphedForward, prefers_cuda_graphs


class Recorded:
    """A capture that warms the module up as torch does, and counts the calls of what it returns."""

    def __init__(self, problem: type[Exception] | None = None) -> None:
        self.problem, self.captured, self.calls = problem, 0, 0

    def __call__(self, module: nn.Module, example: Tensor) -> nn.Module:
        self.captured += 1
        for _ in range(3):
            module(example)
        torch.rand(5)
        if self.problem is not None:
            raise self.problem("cannot capture")

        class Replay(nn.Module):
            def forward(_, inputs: Tensor) -> Tensor:  # noqa: N805
                self.calls += 1
                return module(inputs)

        return Replay()


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.Flatten(), nn.Linear(144, 3))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "1")


@pytest.mark.usefixtures("asked")
def test_graphs_are_for_small_networks_on_cuda_that_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prefers_cuda_graphs(network(), "cuda", compiled=False)
    assert not prefers_cuda_graphs(network(), "cuda", compiled=True)
    assert not any(prefers_cuda_graphs(network(), device, compiled=False) for device in ("cpu", "mps"))
    large = nn.Linear(1000, MOST_PARAMETERS // 1000 + 1, device="meta")
    assert not prefers_cuda_graphs(large, "cuda", compiled=False)
    monkeypatch.setenv("CNNVIZ_PLAIN", "1")
    assert not prefers_cuda_graphs(network(), "cuda", compiled=False)


def test_graphs_are_off_until_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    assert not prefers_cuda_graphs(network(), "cuda", compiled=False)


def test_one_shape_in_training_mode_runs_by_the_graph_and_everything_else_without() -> None:
    capture, model = Recorded(), network()
    forward = GraphedForward(model, nullcontext, capture)
    batch = torch.rand(8, 1, 8, 8)
    forward.prepare(batch)
    forward.prepare(batch[:4])
    assert (capture.captured, forward.is_graphed) == (1, True)
    forward(batch)
    assert capture.calls == 1
    forward(batch[:3])
    model.eval()
    torch.testing.assert_close(forward(batch), model(batch))
    assert capture.calls == 1


@pytest.mark.parametrize("problem", [None, RuntimeError])
def test_a_capture_leaves_buffers_draws_forward_and_hooks_as_they_were(problem: type[Exception] | None) -> None:
    model = network()
    before, own = {name: buffer.clone() for name, buffer in model.named_buffers()}, model.forward.__func__
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    forward = GraphedForward(model, nullcontext, Recorded(problem))
    forward.prepare(torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.rand(4), expected)
    assert all(torch.equal(before[name], buffer) for name, buffer in model.named_buffers())
    assert model.forward.__func__ is own
    assert not model._forward_hooks


def test_a_network_that_cannot_be_captured_trains_without() -> None:
    capture, model = Recorded(RuntimeError), network()
    forward = GraphedForward(model, nullcontext, capture)
    forward.prepare(torch.rand(8, 1, 8, 8))
    assert not forward.is_graphed
    assert forward(torch.rand(8, 1, 8, 8)).shape == (8, 3)
    assert capture.calls == 0
