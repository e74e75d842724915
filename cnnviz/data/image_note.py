"""Notes on the preparation of an image, which a page describes in its language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cnnviz.text import DEFAULT_LANGUAGE, load


@dataclass(frozen=True, slots=True)
class ImageNote:
    """A key below `step` in `data.toml`, and the values of its sentence."""

    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def describe(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence."""
        return load("data", language)(f"step.{self.key}", **self.values)

    def brief(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the words under a small picture of the step; "" for a step that has none."""
        text, key = load("data", language), f"brief.{self.key}"
        return text(key) if key in text else ""
