"""The sentences of a diagnosis."""

from cnnviz.definitions.advice import Advice
from cnnviz.definitions.diagnosis import Diagnosis, Fix
from cnnviz.definitions.shape_pass import node_title
from cnnviz.text import load


def describe_fix(found: Diagnosis, fix: Fix, language: str) -> str:
    """Return a fix as one sentence: "In fc1 (Linear), change in_features from 1050 to 1568."."""
    layer = node_title(found.definition.nodes[fix.index])
    key = "fix.settings" if fix.key == "fix.setting" and fix.count > 1 else fix.key
    before, after = (_text(value) for value in (fix.before, fix.after))
    return load("definitions", language)(
        key, layer=layer, setting=fix.setting, before=before, after=after, count=fix.count
    )


def describe_advice(advice: Advice, language: str) -> str:
    """Return an advice as one sentence."""
    return load("definitions", language)(advice.key, **dict(advice.values))


def _text(value: object) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)
