"""An entry of the table of methods, and what happens around the computation of every one of them."""

import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from math import isfinite
from time import perf_counter
from types import MappingProxyType
from typing import Any, Literal

import torch
from torch import Tensor, nn

from cnnviz.accelerate.model_pool import leased_clone
from cnnviz.attribution.layers import find_layer, list_layers, suggest_layer
from cnnviz.attribution.numerics import all_finite, sum_of_squares
from cnnviz.attribution.result import Attribution, AttributionNote, Completeness
from cnnviz.attribution.score import Progress, ScoreFunction, Stop
from cnnviz.attribution.seeded_random import SeededTorchRandom
from cnnviz.attribution.target import Target
from cnnviz.errors import UserError
from cnnviz.options import Option, Values, resolve
from cnnviz.text import DEFAULT_LANGUAGE, load

warnings.filterwarnings("ignore", category=UserWarning, module=r"captum\.")  # of its hooks, at every call


@dataclass(frozen=True, slots=True, eq=False)
class MethodInput:
    """What a method computes from."""

    network: nn.Module
    """The method's own: it may hook and rewire it."""
    f: ScoreFunction
    """The target's value as a function of images, through `network`."""
    image: Tensor
    """float32 (1, C, H, W)"""
    layer: str
    """Dotted name; "" for methods without a layer."""
    baseline: Tensor
    """float32 (1, C, H, W), for methods that use one; (N, C, H, W) for one that averages over several. Zeros where
    none was given."""
    difference: float
    """f(image) − f(baseline), for methods that use one, or − the mean of f over the baselines."""
    options: Values
    seed: int

    @property
    def watched(self) -> Tensor:
        """The image as a leaf to which gradients flow."""
        return self.image.detach().requires_grad_()

    @property
    def module(self) -> nn.Module:
        """The layer that the method looks at.

        Raises:
            UserError: `attribution_no_layer`.
        """
        try:
            return self.network.get_submodule(self.layer)
        except AttributeError:
            find_layer(list_layers(self.network, self.image), self.layer)
            raise

    @property
    def batch(self) -> int:
        """Images at once where Captum keeps five more of the input's size beside each."""
        return self.f.batch_beside(5 * self.image.nbytes)

    @property
    def rounding(self) -> float:
        """What the network's number format may miss of a difference of two scores of this size."""
        return max(1e-6, 8 * torch.finfo(self.image.dtype).eps) * max(
            abs(self.f.first or 0.0), abs((self.f.first or 0.0) - self.difference)
        )


@dataclass(frozen=True, slots=True, eq=False)
class MethodResult:
    """What a method computes."""

    values: Tensor
    """(C, H, W) or, for a method of kind "layer", (H, W)"""
    completeness: Completeness | None = None
    notes: tuple[AttributionNote, ...] = ()
    chosen: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Values left to the method, as they came out."""
    output: float | None = None
    """The explained number, where it is not f(image)."""
    shared: bool = False
    """The channels of a pixel hold the same number, the pixel's."""
    corrected: bool = False
    """Not as Captum alone computes it."""
    regions: Tensor | None = None
    """Region numbers int64 (H, W), of methods that switch regions of the image."""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One way to ask which pixels mattered.

    Its words stand in `cnnviz/text/attribution.toml` under `method.<name>`: title, what it computes, what the
    colours mean, what the map does not say, and why Captum is corrected where it is; those of its options under
    `option.<option>`.
    """

    name: str
    compute: Callable[[MethodInput], MethodResult]
    captum: str
    """The class of `captum.attr` that publishes it."""
    call: str
    """That class's call as Python that gives the map from `model`, `image` and `archive`, for the export: `{model}`
    and `{target}` stand for what is explained, other names in braces for options and the layer."""
    passes: Callable[[Values, tuple[int, int, int]], int]
    """About how many images go through the network, given every option and the image's (C, H, W)."""
    paper: str
    """Where it was published."""
    kind: Literal["pixels", "layer"] = "pixels"
    options: tuple[Option, ...] = ()
    signed: bool = True
    """Positive and negative values mean different things."""
    slopes: bool = False
    """Its values are slopes: their size tells how much, their sign only whether brighter or darker."""
    needs_layer: bool = False
    uses_baseline: bool = False
    batches: bool = False
    """Sends images through in batches, as many at once as the memory holds."""
    footprint: float = 3.0
    """Bytes at the peak per byte of one image's activations, measured."""
    stochastic: bool = False
    """Another seed gives another map."""
    adds_up: bool = False
    """Its values share out f(x) − f(x′), and `Attribution.completeness` tells how nearly."""
    averages: bool = False
    """Takes several baselines at once, and the mean of their maps."""
    corrected: Literal["never", "sometimes", "always"] = "never"
    """Whether a map differs from Captum's own; the words `method.<name>.corrected` say why."""
    hooks: bool = False
    """Captum hooks the network's layers, and takes a module where others take a function."""

    @property
    def computed_by(self) -> str:
        """The class that computes it, with its package."""
        return f"captum.attr.{self.captum}"

    @property
    def picks_baseline(self) -> bool:
        """Whether the map depends on which one baseline is chosen."""
        return self.uses_baseline and not self.averages

    def describe(self, fact: Literal["title", "idea", "colours", "limits"], language: str = DEFAULT_LANGUAGE) -> str:
        """What it is called, what it computes, what the colours mean, or what the map does not say."""
        return load("attribution", language)(f"method.{self.name}.{fact}")

    def describe_computed_by(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence on who computes it, and why Captum is corrected where it is."""
        words = load("attribution", language)
        if self.corrected == "never":
            return words("computed_by.captum", name=self.computed_by)
        return words(f"computed_by.{self.corrected}", name=self.computed_by, why=words(f"method.{self.name}.corrected"))

    def resolve(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return every option with its value: the given ones parsed, the others by default.

        Raises:
            UserError: an unknown option, or an impossible value.
        """
        return resolve(self.options, given, self.name)

    def cost(self, options: Mapping[str, Any], input_shape: tuple[int, int, int]) -> int:
        """About how many images go through the network, for a warning before a long wait."""
        return self.passes(self.resolve(options), input_shape)

    def attribute(
        self,
        model: nn.Module,
        image: Tensor,
        target: Target,
        *,
        layer: str = "",
        baseline: Tensor | None = None,
        options: Mapping[str, Any] | None = None,
        seed: int = 0,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Attribution:
        """The map of `image`, float32 (1, C, H, W), for `target`; the model is not touched, and any thread may ask.

        Without a `layer` the suggested one is taken; without a `baseline`, (1, C, H, W) as the network reads it,
        zeros; a method that averages over several takes (N, C, H, W). `progress` is told images passed and expected;
        where `stop` says yes the work is left.

        Raises:
            UserError: an image, target, layer, baseline or option that cannot be, or a network on which the
                method is wrong.
            Stopped: `stop()` was true.
        """
        begin = perf_counter()
        settled = self.resolve(options)
        _check_image(image, "image")
        with leased_clone(model) as (network, device, dtype):
            image = image.detach()
            if image.dtype != dtype or (device is not None and image.device != device):
                image = image.to(device or image.device, dtype)
            question = ScoreFunction(network, target, progress, stop)
            question.dtype = dtype
            question.expected = self.passes(settled, (image.shape[1], image.shape[2], image.shape[3]))
            base = torch.zeros_like(image) if self.uses_baseline else image
            if baseline is not None:
                _check_image(baseline, "baseline", (len(baseline) if self.averages else 1, *image.shape[1:]))
                base = baseline.detach().to(image)
            difference = 0.0
            if self.uses_baseline or self.batches:
                values = question.measure(torch.cat((image, base)) if self.uses_baseline else image)
                difference = float(values[0] - (values[1:].mean() if self.averages else values[-1]))
            name = ""
            if self.needs_layer:
                name = layer or suggest_layer(list_layers(network, image)).name
            given = MethodInput(
                network=network,
                f=question,
                image=image,
                layer=name,
                baseline=base,
                difference=difference,
                options=MappingProxyType(settled),
                seed=seed,
            )
            with SeededTorchRandom(seed) if self.stochastic else nullcontext():
                found = self.compute(given)
        result = found.values.detach()
        if not result.is_cpu or result.dtype != torch.float32 or not result.is_contiguous():
            result = result.to("cpu", torch.float32).contiguous()
        size = sum_of_squares(result)
        if not isfinite(size) and not all_finite(result):
            raise UserError("attribution_not_finite")
        notes = self._notes(given, found, size > 0 or bool(result.any()))
        return Attribution(
            method=self.name,
            values=result,
            target=target,
            output=(question.first or 0.0) if found.output is None else found.output,
            layer=name,
            options=MappingProxyType({**settled, **found.chosen}),
            seed=seed,
            signed=self.signed,
            baseline=(base if self.averages else base[0]).cpu().float() if self.uses_baseline else None,
            regions=found.regions,
            completeness=found.completeness,
            computed_by=self.computed_by,
            corrected=found.corrected,
            shared=found.shared,
            seconds=perf_counter() - begin,
            notes=notes,
        )

    def _notes(self, given: MethodInput, found: MethodResult, any_values: bool) -> tuple[AttributionNote, ...]:
        notes = found.notes if any_values else (*found.notes, AttributionNote("all_zero"))
        if self.uses_baseline and torch.equal(given.image, given.baseline):
            return (*notes, AttributionNote("image_is_baseline"))
        if self.adds_up and abs(given.difference) < 100 * given.rounding:
            return (
                *notes,
                AttributionNote("no_difference", MappingProxyType({"difference": f"{given.difference:.2g}"})),
            )
        return notes


def _check_image(image: Tensor, which: str, shape: tuple[int, ...] | None = None) -> None:
    given = tuple(image.shape)
    if given != shape if shape is not None else (len(given) != 4 or given[0] != 1 or 0 in given):
        raise UserError(
            f"attribution_{which}_shape",
            got="×".join(map(str, given)),
            expected="1×C×H×W" if shape is None else "×".join(map(str, shape)),
        )
    if not all_finite(image):
        raise UserError(f"attribution_{which}_finite")
