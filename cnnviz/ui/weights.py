"""Which weights a network carries, as names and numbers."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("untrained", "checkpoint", "run", "imagenet", "file")
UNTRAINED, IMAGENET, FILE = "untrained", "imagenet", "file"
_RUN = "run:"


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the weights of a network come from; hashable, so that it can be the key of a cache."""

    kind: str = UNTRAINED
    """One of `KINDS`."""
    name: str = ""
    """Of the checkpoint, the id of the run, or the SHA-256 of the reader's own file."""
    step: int | None = None
    """Of a run: one of its saved steps; None for the latest."""
    seed: int = 0
    """Of untrained weights."""
    changed: int = 0
    """Of a run: when its file was written, in nanoseconds (`weight_files.stamped`); in no link."""

    @property
    def trained(self) -> bool:
        """Whether scores mean something."""
        return self.kind != UNTRAINED

    def query(self) -> dict[str, str]:
        """The state of a link that chooses these weights; a reader's own file is in no link."""
        text = written(self)
        seed = {"seed": str(self.seed)} if self.seed and not self.trained else {}
        return ({"weights": text} if text else {}) | seed


def written(weights: Weights) -> str:
    """The weights as the URL holds them; "" for a reader's own file."""
    if weights.kind == "run":
        return f"{_RUN}{weights.name}" + (f"@{weights.step}" if weights.step is not None else "")
    return {UNTRAINED: UNTRAINED, IMAGENET: IMAGENET, "checkpoint": weights.name}.get(weights.kind, "")


def read(text: str) -> Weights:
    """The weights that `written` wrote; nothing is looked up.

    Raises:
        ValueError: a text that can name no weights.
    """
    if text in (UNTRAINED, IMAGENET):
        return Weights(text)
    if not text.startswith(_RUN):
        if not text:
            raise ValueError(text)
        return Weights("checkpoint", text)
    name, _, step = text.removeprefix(_RUN).partition("@")
    if not name or ("@" in text and not (step.isascii() and step.isdigit() and len(step) < 12)):
        raise ValueError(text)
    return Weights("run", name, int(step) if step else None)
