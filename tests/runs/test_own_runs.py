"""Runs of networks of the user's own: the plan carries the definition, and the trained one is saved with it."""

import json
from pathlib import Path

import pytest
import torch

from cnnviz.definitions import from_json, parse_pytorch, to_json, to_link
from cnnviz.errors import UserError
from cnnviz.models import TrainedModel, load_model
from cnnviz.models.sources.own import own_file_weights
from cnnviz.models.sources.table import source_of
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.export import weights_file
from cnnviz.runs.folder import make_folder, read_folder
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.script import script
from cnnviz.text import load
from cnnviz.text.numbers import percent
from tests.runs.tiny import curve

TEXT = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(4 * 13 * 13, 10)
    def forward(self, x):
        return self.fc(self.drop(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1)))
"""
NETWORK = parse_pytorch(TEXT, (1, 28, 28))
SETTINGS = {"epochs": 1, "batch_size": 16, "threads": 1, "device": "cpu", "precision": "float32"}


def asked(**more: object) -> dict[str, object]:
    return {
        "architecture": "own",
        "definition": to_json(NETWORK),
        "dataset": "digits",
        "limit": 64,
        "settings": SETTINGS,
    } | more


def test_a_plan_carries_the_definition_and_survives_being_written() -> None:
    plan = RunPlan.parse(asked())
    assert (plan.input_shape, plan.config.image_size) == ((1, 28, 28), 28)
    assert from_json(plan.definition) == NETWORK
    assert plan.title == "Net"
    assert RunPlan.stored(json.loads(json.dumps(plan.as_json()))) == plan
    assert RunPlan.parse(asked(definition=to_link(NETWORK))) == plan
    assert f"own:{to_link(NETWORK)}" in plan.command()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"dataset": "shapes"}, "own_fit_images"),
        ({"definition": to_json(parse_pytorch(TEXT.replace(", 10)", ", 3)"), (1, 28, 28)))}, "own_fit_classes"),
        ({"definition": "{}"}, "definition_text"),
        ({"definition": 3}, "definition_text"),
        ({"definition": ""}, "definition_text"),
        ({"options": {"pool": "max"}}, "option_unknown"),
    ],
)
def test_what_cannot_be_trained_is_refused_by_name(more: dict[str, object], key: str) -> None:
    with pytest.raises(UserError) as refused:
        RunPlan.parse(asked(**more))
    assert refused.value.key == key


def test_a_hosted_server_refuses_a_network_of_too_many_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    text = "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 30000), nn.Linear(30000, 10))"
    plan = RunPlan.parse(asked(definition=to_json(parse_pytorch(text, (1, 28, 28)))))
    with pytest.raises(UserError) as refused:
        limits().check(plan)
    assert (refused.value.key, refused.value.values["setting"]) == ("run_limit", "parameters")


def test_a_trained_one_is_saved_with_its_network_and_opens_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = RunPlan.parse(asked())
    folder = tmp_path / "run"
    make_folder(folder, plan, "mine")
    assert train_run(folder, plan, CommandQueue(), limits())[0] == "finished"
    assert from_json((folder / "definition.json").read_text(encoding="utf-8")) == NETWORK
    record = read_folder(folder)
    run = load_model(str(folder))
    assert run.spec.definition == NETWORK
    assert run.info.dataset == "digits"
    data = weights_file(record)
    file = tmp_path / "net.safetensors"
    file.write_bytes(data)
    image = torch.rand(2, 1, 28, 28)
    expected = run.network()(image)
    again = load_model(str(file))
    torch.testing.assert_close(again.network()(image), expected, rtol=0, atol=0)
    assert (again.info.dataset, again.info.accuracy) == ("digits", record.test_accuracy)
    said = again.source.describe(again.weights, again.info, load("weights", "en"))
    assert said.endswith(f"test accuracy {percent(record.test_accuracy or 0)}.")
    opened = own_file_weights(data)
    state = source_of(opened).load(opened, run.spec)
    assert state is not None
    assert set(state) == set(run.network().state_dict())

    space: dict[str, object] = {}
    exec(compile(script(record), "script", "exec"), space)
    assert space["losses"] == pytest.approx([loss for _, loss in curve(folder)], rel=1e-6)


def test_a_network_that_was_trained_on_standardised_images_brings_its_scaling(tmp_path: Path) -> None:
    plan = RunPlan.parse(asked(settings={**SETTINGS, "standardise": True}))
    make_folder(tmp_path / "run", plan, "mine")
    train_run(tmp_path / "run", plan, CommandQueue(), limits())
    opened = TrainedModel.of(own_file_weights(weights_file(read_folder(tmp_path / "run"))))
    assert opened.scaling == load_model(str(tmp_path / "run")).scaling
    assert opened.scaling is not None
