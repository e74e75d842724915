"""Differences between the settings of two trainings, with which their numbers must be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnviz.checkpoints import Card
from cnnviz.facts.published import PublishedTraining
from cnnviz.models.spec_words import describe_value
from cnnviz.runs.environment import describe_machine
from cnnviz.text import Text, load
from cnnviz.text.numbers import short_number
from cnnviz.train.config import SETTINGS as KNOWN
from cnnviz.zoo import architecture

SETTINGS = (
    "optimizer",
    "learning_rate",
    "schedule",
    "batch_size",
    "init",
    "augment",
    "label_smoothing",
    "weight_decay",
    "standardise",
)
"""Settings of a training that are named where they differ."""
COURSE = {
    "optimizer": "sgd",
    "schedule": "constant",
    "init": "xavier",
    "augment": (),
    "label_smoothing": 0.0,
    "weight_decay": 0.0,
    "standardise": False,
}
"""What the course's trainings have in common."""


def facts_of_card(card: Card) -> dict[str, Any]:
    """Return the network and the training of a card as facts by name."""
    known = architecture(card.architecture).resolve(card.options)  # a card may be older than an option
    options = {f"option.{name}": value for name, value in known.items()}
    settings = {name: card.settings[name] for name in SETTINGS if name in card.settings}
    return {
        "architecture": card.architecture,
        **options,
        "num_params": card.num_params,
        "size": card.input_shape[1],
        **settings,
        "epochs": card.epochs,
        "machine": card.machine,
    }


def facts_of_published(run: PublishedTraining, num_params: int) -> dict[str, Any]:
    """Return the same facts of a published training; the machine is the one that its source names."""
    options = architecture(run.architecture).resolve(run.options)
    return {
        "architecture": run.architecture,
        **{f"option.{name}": value for name, value in options.items()},
        "num_params": num_params,
        "size": run.size,
        **COURSE,
        "learning_rate": run.learning_rate,
        "batch_size": run.batch_size,
        "epochs": run.epochs,
        "machine": run.source,
    }


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the facts that both have and that differ, in the order of the first; options only within one
    architecture."""
    return {
        name: (value, second[name])
        for name, value in first.items()
        if name in second
        and _plain(value) != _plain(second[name])
        and not (name.startswith("option.") and first["architecture"] != second["architecture"])
    }


def describe(found: Mapping[str, tuple[Any, Any]], architecture: str, t: Text) -> str:
    """Return `differences` as one list in words: "image size 224 / 32; epochs 10 / 8"."""
    return t.clauses(
        f"{_name(name, architecture, t)} {_value(name, one, architecture, t)} / {_value(name, other, architecture, t)}"
        for name, (one, other) in found.items()
        if name != "architecture"
    )


def _name(name: str, architecture: str, t: Text) -> str:
    if name.startswith("option."):
        return load(f"zoo/{architecture}", t.language)(f"{name}.label")
    return t(f"differ.{name}")


def _value(name: str, value: Any, architecture: str, t: Text) -> str:
    if name.startswith("option."):
        return describe_value(architecture, name.removeprefix("option."), value, t.language)
    if name == "machine":
        return t(f"source.{value}.machine") if f"source.{value}.machine" in t else describe_machine(value, t.language)
    if name == "num_params":
        return short_number(value)
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if name in KNOWN and KNOWN[name].choices:
        word = load("pages/studio", t.language)  # where the same choices are made
        chosen = value if isinstance(value, list | tuple) else (value,)
        return " + ".join(word(f"choice.{each}") for each in chosen) or t("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
