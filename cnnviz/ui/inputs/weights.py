"""Which weights a network carries, as names and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KINDS = ("untrained", "checkpoint", "run", "imagenet", "file")
UNTRAINED, IMAGENET, FILE = "untrained", "imagenet", "file"
_RUN, _FILE = "run:", "file:"
_OF_FILE = re.compile(r"([0-9a-f]{16}):(.{0,60})")
"""How a link names a user's own file: the beginning of its SHA-256, and what it is called."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the weights of a network come from; hashable, so that it can be the key of a cache."""

    kind: str = UNTRAINED
    """One of `KINDS`."""
    name: str = ""
    """Of the checkpoint, the id of the run, or the SHA-256 of the user's own file, in a link its beginning."""
    step: int | None = None
    """Of a run: one of its saved steps; None for the latest."""
    seed: int = 0
    """Of untrained weights."""
    changed: int = 0
    """Of a run: when its file was written, in nanoseconds (`weight_files.stamped`); in no link."""
    title: str = field(default="", compare=False)
    """Of a user's own file: what it is called."""

    @property
    def trained(self) -> bool:
        """Whether scores mean something."""
        return self.kind != UNTRAINED

    def query(self) -> dict[str, str]:
        """The state of a link that chooses these weights; of a user's own file it holds the name alone."""
        text = written(self)
        seed = {"seed": str(self.seed)} if self.seed and not self.trained else {}
        return ({"weights": text} if text else {}) | seed


def written(weights: Weights) -> str:
    """The weights as the URL holds them."""
    if weights.kind == "run":
        return f"{_RUN}{weights.name}" + (f"@{weights.step}" if weights.step is not None else "")
    if weights.kind == FILE:
        return f"{_FILE}{weights.name[:16]}:{weights.title[:60]}" if weights.name else FILE
    return {UNTRAINED: UNTRAINED, IMAGENET: IMAGENET}.get(weights.kind, weights.name)


def read(text: str) -> Weights:
    """The weights that `written` wrote; nothing is looked up.

    Raises:
        ValueError: a text that can name no weights.
    """
    if text in (UNTRAINED, IMAGENET, FILE):
        return Weights(text)
    if text.startswith(_FILE):
        found = _OF_FILE.fullmatch(text.removeprefix(_FILE))
        if found is None:
            raise ValueError(text)
        return Weights(FILE, found[1], title=found[2])
    if not text.startswith(_RUN):
        if not text:
            raise ValueError(text)
        return Weights("checkpoint", text)
    name, _, step = text.removeprefix(_RUN).partition("@")
    if not name or ("@" in text and not (step.isascii() and step.isdigit() and len(step) < 12)):
        raise ValueError(text)
    return Weights("run", name, int(step) if step else None)
