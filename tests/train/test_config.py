import json
import subprocess
import sys
from dataclasses import fields

import pytest

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.train import SETTINGS, TrainConfig
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.schedules import SCHEDULES

WRONG = [
    *(("learning_rate", value) for value in (0, -1, 1e9, "nan", float("inf"), None, "fast")),
    *(("epochs", value) for value in (0, 2.5, True)),
    *(("batch_size", value) for value in (0, "9" * 400)),
    ("optimizer", "sdg"),
    ("optimizer", ["sgd"]),
    ("momentum", 1),
    ("momentum", -0.1),
    ("schedule", "linear"),
    ("augment", "crop,rotate"),
    ("augment", 3),
    ("precision", "float16"),
    ("threads", -1),
    ("seed", -1),
    ("label_smoothing", 1),
    ("nesterov", "maybe"),
    ("image_size", 5000),
    *(("learning_rate_changes", value) for value in ("5", "9:0.1,3:0.2", "3:1e9", [[1, "nan"]], 7)),
]


def test_there_is_one_setting_for_each_field_and_their_defaults_agree():
    assert {field.name: field.default for field in fields(TrainConfig)} == {
        name: setting.default for name, setting in SETTINGS.items()
    }


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_an_impossible_value_is_refused_in_one_sentence_that_names_it(name, value):
    with pytest.raises(UserError) as refused:
        TrainConfig.parse({name: value})
    for language in LANGUAGES:
        sentence = refused.value.describe(language)
        assert name in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"optimizer": "adam", "momentum": 0.9}, "optimizer=sgd"),
        ({"nesterov": True}, "momentum=0.9"),
        ({"schedule": "cosine", "step_factor": 0.5}, "schedule=step"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(given, named):
    with pytest.raises(UserError, match=named):
        TrainConfig.parse(given)


def test_an_unknown_setting_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="weight_decay"):
        TrainConfig.parse({"weight_decy": 1})


def test_written_settings_are_read_like_values():
    written = TrainConfig.parse(
        {
            "learning_rate": "0.5",
            "augment": "flip, crop",
            "nesterov": "true",
            "momentum": "0.9",
            "epochs": "3",
            "learning_rate_changes": "5:0.1,9:0.01",
        }
    )
    assert written == TrainConfig(
        learning_rate=0.5,
        augment=("crop", "flip"),
        nesterov=True,
        momentum=0.9,
        epochs=3,
        learning_rate_changes=((5, 0.1), (9, 0.01)),
    )


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(),
        TrainConfig(optimizer="adamw", learning_rate=1 / 3, augment=("flip",), standardise=True),
        TrainConfig(schedule="step", step_epochs=3, learning_rate_changes=((5, 0.1), (9, 1e-7))),
    ],
)
def test_a_config_comes_back_from_json_and_from_its_written_changes(config):
    assert TrainConfig.parse(json.loads(json.dumps(config.as_json()))) == config
    assert TrainConfig.parse(config.changed()) == config


@pytest.mark.parametrize("table", [OPTIMIZERS, SCHEDULES])
def test_what_an_entry_uses_is_a_setting(table):
    assert {name for entry in table.values() for name in entry.uses} <= set(SETTINGS)


def test_reading_a_config_loads_no_torch():
    code = "import sys, cnnviz.train.config as c; c.TrainConfig.parse({'epochs': 3}); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
