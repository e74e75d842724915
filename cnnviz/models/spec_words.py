"""A network, its options and its layers in words."""

from typing import Any

from cnnviz.models.spec import ModelSpec
from cnnviz.options import format_value
from cnnviz.text import load
from cnnviz.zoo import architecture
from cnnviz.zoo.layer_purpose import purpose_key


def network_title(spec: ModelSpec, language: str) -> str:
    """Return the name of a network: of its architecture, or what the user called it.

    >>> network_title(ModelSpec.of("lenet"), "en")
    'LeNet'
    """
    if spec.definition is not None:
        return spec.definition.title or load("controls", language)("own.title")
    return architecture(spec.architecture).title


def layer_purpose(spec: ModelSpec, layer: str, language: str) -> str:
    """Return why a layer is there in its architecture; "" where nothing is said."""
    if spec.definition is not None:
        return ""
    key = purpose_key(spec.architecture, layer)
    return load(f"zoo/{spec.architecture}", language)(key) if key else ""


def describe_value(architecture: str, option: str, value: Any, language: str) -> str:
    """Return the value of an option in words: "maximum" of `max`, "on" of True, "0.25" of a number."""
    words, text = load(f"zoo/{architecture}", language), format_value(value)
    word = f"option.{option}.value.{text}"
    if word in words:
        return words(word)
    return load("controls", language)(f"switch.{text}") if isinstance(value, bool) else text


def describe_option(architecture: str, option: str, value: Any, language: str) -> str:
    """Return an option with its value: "Pooling = maximum"."""
    label = load(f"zoo/{architecture}", language)(f"option.{option}.label")
    return f"{label} = {describe_value(architecture, option, value, language)}"


def describe_difference(spec: ModelSpec, other: ModelSpec, language: str) -> str:
    """Return the options in which `spec` differs from `other` of its family, each with its value."""
    t = load("controls", language)
    others = dict(spec.options) | dict(other.options)
    told = [
        describe_option(spec.architecture, name, value, language)
        for name, value in spec.options
        if others[name] != value
    ]
    if spec.input_shape != other.input_shape:
        told.append(t("image", shape="×".join(map(str, spec.input_shape))))
    if spec.num_classes != other.num_classes:
        told.append(f"{t('classes.label')} = {spec.num_classes}")
    return t.listed(told)
