"""Untrained weights, drawn by a seed."""

from torch import Tensor

from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text


class UntrainedSource(WeightSource):
    """Weights as they are before any training."""

    name = "untrained"
    is_trained = False

    def parse(self, text: str) -> WeightsRef | None:
        return WeightsRef(self.name) if text == self.name else None

    def format(self, weights: WeightsRef) -> str:
        return self.name

    def to_url(self, weights: WeightsRef) -> dict[str, str]:
        return super().to_url(weights) | ({"seed": str(weights.seed)} if weights.seed else {})

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        return (WeightsRef(self.name),)

    def check(self, weights: WeightsRef, architecture: str | None = None) -> None:
        return

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.untrained")

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        return t("said.untrained", seed=weights.seed)

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor] | None:
        return None

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return f"{spec.python_import}\n\n{spec.python(seed=weights.seed)}"
