"""What the knobs of a network and their values are called in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.text import load

if TYPE_CHECKING:
    from cnnviz.options import Value
    from cnnviz.ui.inputs.network import NetworkChoice


def say_value(architecture: str, option: str, value: Value, language: str) -> str:
    """The value of an option in words: "maximum" of `max`, "on" of True, "0.25" of a number."""
    from cnnviz.options import format_value

    words, text = load(f"zoo/{architecture}", language), format_value(value)
    word = f"option.{option}.value.{text}"
    if word in words:
        return words(word)
    return load("controls", language)(f"switch.{text}") if isinstance(value, bool) else text


def say_option(architecture: str, option: str, value: Value, language: str) -> str:
    """An option with its value: "Pooling = maximum"."""
    label = load(f"zoo/{architecture}", language)(f"option.{option}.label")
    return f"{label} = {say_value(architecture, option, value, language)}"


def differing(network: NetworkChoice, other: NetworkChoice, language: str) -> str:
    """In which knobs `network` differs from `other` of its family, each with its value, in words."""
    t = load("controls", language)
    others = dict(other.options)
    said = [say_option(network.name, name, value, language) for name, value in network.options if others[name] != value]
    if network.input_shape != other.input_shape:
        said.append(t("image", shape="×".join(map(str, network.input_shape))))
    if network.num_classes != other.num_classes:
        said.append(f"{t('classes.label')} = {network.num_classes}")
    return t.listed(said)
