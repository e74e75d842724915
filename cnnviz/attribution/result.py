"""The result of an attribution: the raw map, its target, and the settings that made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from torch import Tensor

from cnnviz.attribution.target import Target
from cnnviz.text import DEFAULT_LANGUAGE, load


@dataclass(frozen=True, slots=True)
class AttributionNote:
    """A remark on one map: a key below `note` in `attribution.toml`, and the values of its sentence."""

    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def describe(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence."""
        return load("attribution", language)(f"note.{self.key}", **self.values)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The sum of a map's values beside f(x) − f(x′), to which they should add up."""

    total: float
    """Sum of all values of the map."""
    difference: float
    """f(x) − f(x′), x′ the baseline."""
    steps: int = 1
    """Points between x′ and x at which the gradient was taken."""

    @property
    def error(self) -> float:
        """Return |sum − difference| as a fraction of |difference|; 0 if both are 0, inf if only the latter is."""
        missed = abs(self.total - self.difference)
        if self.difference == 0:
            return float("inf") if missed else 0.0
        return missed / abs(self.difference)

    def within(self, aim: float, rounding: float) -> bool:
        """Return whether the error is below `aim`, or no larger than the `rounding` of the two scores."""
        return self.error < aim or abs(self.total - self.difference) <= rounding


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """One map of one method for one image, raw: signed, before any normalisation, clipping or smoothing."""

    method: str
    """A name in `METHODS`."""
    values: Tensor
    """float32 on the CPU: (C, H, W) at the input's size for methods of kind "pixels", (H, W) in cells of `layer`
    for those of kind "layer"."""
    target: Target
    output: float
    """f(x), the number that is explained: a logit, a probability, a difference, or one unit's value."""
    layer: str = ""
    """Dotted name of the layer that was looked at; "" for methods that look at none."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Every option of the method with the value that it had, "automatic" ones as they came out."""
    seed: int = 0
    signed: bool = True
    shared: bool = False
    """The channels of a pixel hold the same number, which is the pixel's: they are not to be added up."""
    baseline: Tensor | None = None
    """x′, float32 (C, H, W), as the network read it, or (N, C, H, W) for a method that averages over several; None
    for methods without one."""
    regions: Tensor | None = None
    """Region numbers int64 (H, W), of methods that switch regions of the image."""
    completeness: Completeness | None = None
    computed_by: str = ""
    """The class that computed it, such as "captum.attr.Occlusion"."""
    corrected: bool = False
    """Not as that class alone computes it; the words `method.<method>.corrected` say why."""
    seconds: float = 0.0
    notes: tuple[AttributionNote, ...] = ()

    @property
    def on_cells(self) -> bool:
        """Return whether the values are cells of a layer, not pixels of the input."""
        return self.values.dim() == 2

    def describe_computed_by(self, language: str = DEFAULT_LANGUAGE, why: bool = True) -> str:
        """Return the sentence on who computed this map, and `why` Captum was corrected where it was."""
        words = load("attribution", language)
        if not self.corrected:
            return words("computed_by.captum", name=self.computed_by)
        if not why:
            return words("computed_by.briefly", name=self.computed_by)
        return words("computed_by.always", name=self.computed_by, why=words(f"method.{self.method}.corrected"))

    def flat(self) -> Tensor:
        """Return (H, W): one number per pixel (its channels added up, unless they share it), or the cells."""
        if self.on_cells:
            return self.values
        return self.values[0] if self.shared else self.values.sum(0)
