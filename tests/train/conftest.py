import pytest
from torch import nn

from cnnviz.train import TrainConfig
from tests.train.small import Labelled, patterns, small_network


@pytest.fixture
def network() -> nn.Module:
    return small_network().eval()


@pytest.fixture
def training_set() -> Labelled:
    return patterns(100)


@pytest.fixture
def test_set() -> Labelled:
    return patterns(30, seed=1)


@pytest.fixture
def config() -> TrainConfig:
    """Float32 in the plain layout on one thread: the arithmetic that is compared with torch's by hand."""
    return TrainConfig(
        epochs=2,
        batch_size=16,
        learning_rate=0.1,
        device="cpu",
        precision="float32",
        layout="contiguous",
        threads=1,
    )
