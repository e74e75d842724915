"""Training on an NVIDIA card; skipped where there is none."""

import gc
from dataclasses import replace

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.accelerate.cuda_graphs import SWITCH, GraphedForward
from cnnviz.train import EndReport, StepReport, TrainConfig
from cnnviz.train.training import Training
from tests.train.small import Labelled, patterns, small_network

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")

CONFIG = TrainConfig(epochs=2, batch_size=16, learning_rate=0.1, device="cuda", precision="float32")
LENET = replace(CONFIG, image_size=28)
"""For a network that draws nothing at random: the draws of dropout are the device's own."""


def lenet() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return zoo.build("lenet", {}, (1, 28, 28), 3)


def losses(config: TrainConfig, network: nn.Module | None = None, images: Labelled | None = None) -> list[float]:
    with Training(network or small_network(), images or patterns(100), patterns(30, seed=1), config) as training:
        return [report.loss for report in training.run() if isinstance(report, StepReport)]


def test_losses_are_those_of_the_processor_and_repeat() -> None:
    first = losses(LENET, lenet())
    assert first == losses(LENET, lenet())
    assert first[:5] == pytest.approx(losses(replace(LENET, device="cpu"), lenet())[:5], rel=1e-2)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_cuda_graphs_give_the_losses_of_the_same_kernels(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(LENET, precision=precision)
    without = losses(config, lenet())
    monkeypatch.setenv(SWITCH, "1")
    with Training(lenet(), patterns(100), patterns(30, seed=1), config) as training:
        found = [report.loss for report in training.run() if isinstance(report, StepReport)]
        forward = training._engine._forward
        assert isinstance(forward, GraphedForward)
        assert forward.is_graphed
    assert found == pytest.approx(without, rel=1e-4)


def test_a_training_resumes_bit_for_bit() -> None:
    whole = losses(CONFIG)
    with Training(small_network(), patterns(100), patterns(30, seed=1), CONFIG) as training:
        list(training.run(steps=3))
        snapshot = training.snapshot()
    with Training(small_network(), patterns(100), patterns(30, seed=1), CONFIG) as training:
        training.restore(snapshot)
        assert [one.loss for one in training.run() if isinstance(one, StepReport)] == whole[3:]


def test_nothing_of_a_training_stays_on_the_card() -> None:
    losses(CONFIG)  # what torch's libraries keep for themselves is there now
    gc.collect()
    before = torch.cuda.memory_allocated()
    with Training(small_network(), patterns(100), patterns(30, seed=1), CONFIG) as training:
        *_, end = training.run()
        assert isinstance(end, EndReport)
        assert torch.cuda.memory_allocated() > before
    del training, end, _
    gc.collect()
    assert torch.cuda.memory_allocated() == before


def test_wide_networks_train_channels_last() -> None:
    network = zoo.build("resnet", {"width": 0.25}, (1, 32, 32), 10)
    config = replace(CONFIG, precision="bfloat16", image_size=32)
    assert Training(network, patterns(32), patterns(30, seed=1), config).machine.channels_last
