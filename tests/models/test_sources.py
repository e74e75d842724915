"""Weights by name: the text in a link, and the network they make."""

import os
import re
from pathlib import Path

import pytest
import torch

from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights, source_of
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.checkpoint import NAME, write_checkpoint
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import RunRecord
from cnnviz.runs.store import RunStore
from cnnviz.text import LANGUAGES
from cnnviz.train.snapshot import make_snapshot
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.zoo import build

RUN = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    "weights",
    [
        WeightsRef(),
        WeightsRef("checkpoint", "lenet-digits"),
        WeightsRef("run", RUN),
        WeightsRef("run", RUN, 40),
        WeightsRef("imagenet"),
        WeightsRef("file"),
        WeightsRef("file", "0123456789abcdef", title="my net: v2.safetensors"),
    ],
)
def test_a_link_brings_the_weights_back(weights: WeightsRef) -> None:
    assert parse_weights(format_weights(weights)) == weights
    assert source_of(weights).to_url(weights) == {"weights": format_weights(weights)}


def test_a_link_holds_the_seed_of_untrained_weights() -> None:
    assert source_of(WeightsRef(seed=7)).to_url(WeightsRef(seed=7)) == {"weights": "untrained", "seed": "7"}


def test_a_link_names_a_file_by_its_title_and_the_beginning_of_its_digest() -> None:
    weights = WeightsRef("file", "0123456789abcdef" + 48 * "0", title="net.safetensors")
    assert source_of(weights).to_url(weights) == {"weights": "file:0123456789abcdef:net.safetensors"}
    assert parse_weights(format_weights(weights)).title == "net.safetensors"
    assert weights == WeightsRef("file", weights.name, title="the same bytes.safetensors")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file:",
        "file:123:x",
        "file:0123456789ABCDEF:x",
        f"file:0123456789abcdef:{61 * 'x'}",
        "run:",
        "run:@3",
        f"run:{RUN}@",
        f"run:{RUN}@-1",
        f"run:{RUN}@³",
    ],
)
def test_a_text_that_names_no_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_weights(text)


def test_untrained_weights_are_those_of_their_seed_and_shared() -> None:
    model = TrainedModel(ModelSpec.of("lenet"), WeightsRef(seed=3))
    assert torch.equal(cached_network(model).fc3.weight, build("lenet", seed=3).fc3.weight)
    assert cached_network(model) is cached_network(TrainedModel(ModelSpec.of("lenet"), WeightsRef(seed=3)))


@pytest.mark.parametrize("damage", ["missing", "surplus", "shape"])
def test_weights_of_another_network_are_refused(monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    state = dict(build("lenet", seed=1).state_dict())
    if damage == "missing":
        del state["conv2.bias"]
    else:
        state["conv2.bias" if damage == "shape" else "conv9.bias"] = torch.zeros(3)
    monkeypatch.setattr(WEIGHT_SOURCES["checkpoint"], "load", lambda weights, spec: state)
    with pytest.raises(UserError) as caught:
        cached_network(TrainedModel(ModelSpec.of("lenet"), WeightsRef("checkpoint", f"damaged-{damage}")))
    assert caught.value.key == "weights_unfit"
    assert caught.value.values["layer"].startswith("conv")
    assert all(caught.value.describe(language) for language in LANGUAGES)


def _keep(record: RunRecord, seed: int) -> torch.Tensor:
    """Writes the weights of `seed` as the run's latest; those of its first layer."""
    network = build("lenet", seed=seed)
    write_checkpoint(record.folder / NAME, make_snapshot(network, {}, {}))
    os.utime(record.folder / NAME, ns=(0, seed))  # however coarse the clock of the file system is
    return network.conv1.weight


def test_a_run_that_went_back_and_learned_something_else_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    record = RunStore().create(RunPlan.parse({"architecture": "lenet", "dataset": "digits"}))
    for seed in (1, 2):
        learned, model = _keep(record, seed), TrainedModel.of(WeightsRef("run", record.id))
        assert torch.equal(cached_network(model).conv1.weight, learned)
        assert model.source.to_url(model.weights) == {"weights": f"run:{record.id}"}
