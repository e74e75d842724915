"""A run that is where guessing is says so, in its history and in words."""

import pytest

from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.plateau import describe_plateau
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.text import LANGUAGES
from tests.runs.tiny import history

STILL = {
    "architecture": "lenet",
    "limit": 32,
    "settings": {
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 1e-7,
        "init": "default",
        "threads": 1,
        "device": "cpu",
        "precision": "float32",
    },
}
AT_CHANCE = {"train_loss": 2.3026, "test_accuracy": 0.83}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("plateau", "numbers"),
    [
        ({"kind": "loss", "chance": 2.302585}, ["2.303"]),
        ({"kind": "loss", "chance": 2.302585, "share": 0.84}, ["2.303", "83", "84"]),
        ({"kind": "accuracy", "chance": 0.84}, ["83", "84"]),
    ],
)
def test_the_sentence_names_the_number_and_that_of_guessing(plateau, numbers, language):
    sentence = describe_plateau(AT_CHANCE | {"plateau": plateau}, language)
    assert all(number in sentence for number in numbers)
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "plateau", [None, {}, {"kind": "other", "chance": 1}, {"kind": "loss", "chance": "x"}, 3, {"kind": "loss"}]
)
def test_no_other_epoch_has_a_sentence(plateau):
    assert describe_plateau(AT_CHANCE | {"plateau": plateau}, "en") is None
    assert describe_plateau(AT_CHANCE, "en") is None


def test_a_run_that_does_not_move_keeps_it_in_its_history_until_it_is_rewound(store, allowed):
    record = store.create(RunPlan.parse(STILL))
    train_run(record.folder, record.plan, CommandQueue(), allowed)
    last = history(record.folder).last_epoch
    assert last["epoch"] == 2
    assert "2.303" in describe_plateau(last, "en") or "largest class" in describe_plateau(last, "en")
    train_run(record.folder, record.plan, CommandQueue([{"do": "rewind"}, {"do": "cancel"}]), allowed)
    assert history(record.folder).last_epoch is None
