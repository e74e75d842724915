"""The record of an attribution method, and the checks around its computation."""

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
from cnnviz.attribution.score import Progress, ScoreFunction, Stop, memory_budget
from cnnviz.attribution.seeded_random import SeededTorchRandom
from cnnviz.attribution.target import Target
from cnnviz.errors import UserError
from cnnviz.options import Option, Values, resolve
from cnnviz.text import DEFAULT_LANGUAGE, load

warnings.filterwarnings("ignore", category=UserWarning, module=r"captum\.")  # of its hooks, at every call


@dataclass(frozen=True, slots=True, eq=False)
class MethodInput:
    """Everything that a method computes from."""

    network: nn.Module
    """A clone for this call: the method may hook and rewire it."""
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
    def differentiable_image(self) -> Tensor:
        """Return the image as a leaf that requires a gradient."""
        return self.image.detach().requires_grad_()

    @property
    def layer_module(self) -> nn.Module:
        """Return the layer that the method looks at.

        Raises:
            UserError: `attribution_no_layer`.
        """
        try:
            return self.network.get_submodule(self.layer)
        except AttributeError:
            find_layer(list_layers(self.network, self.image), self.layer)
            raise

    @property
    def batch_size(self) -> int:
        """Return the batch size for Captum, which keeps five more tensors of the input's size beside each image."""
        return self.f.batch_size_with(5 * self.image.nbytes)

    @property
    def rounding_error(self) -> float:
        """Return the rounding error to expect in a difference of two scores of this size."""
        return max(1e-6, 8 * torch.finfo(self.image.dtype).eps) * max(
            abs(self.f.first_score or 0.0), abs((self.f.first_score or 0.0) - self.difference)
        )


@dataclass(frozen=True, slots=True, eq=False)
class MethodResult:
    """The map that a method computed, and the facts about it."""

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
    """One attribution method: its computation, and the facts that forms, colours and warnings follow.

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
        """Return the class that computes it, with its package."""
        return f"captum.attr.{self.captum}"

    @property
    def picks_baseline(self) -> bool:
        """Return whether the map depends on the choice of a single baseline."""
        return self.uses_baseline and not self.averages

    def describe(self, fact: Literal["title", "idea", "colours", "limits"], language: str = DEFAULT_LANGUAGE) -> str:
        """Return its title, its idea, the meaning of its colours, or the limits of its map."""
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
        """Return about how many images a map sends through the network, for a warning before a long wait."""
        return self.passes(self.resolve(options), input_shape)

    def peak_bytes(self, activations: int) -> int:
        """Return about how many bytes a map takes at its peak, from the bytes of every layer's output for one image.

        A method that sends images in batches fills the memory that one computation may hold, or takes more if a single
        image does.
        """
        one = int(activations * self.footprint)
        return max(one, memory_budget()) if self.batches else one

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
        """Return the map of `image`, float32 (1, C, H, W), for `target`; thread-safe, and the model is not touched.

        Without a `layer` the suggested one is taken; without a `baseline`, (1, C, H, W) as the network reads it,
        zeros; a method that averages over several takes (N, C, H, W). `progress` is told images done and expected;
        once `stop()` is true the work ends.

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
            question.images_expected = self.passes(settled, (image.shape[1], image.shape[2], image.shape[3]))
            base = torch.zeros_like(image) if self.uses_baseline else image
            if baseline is not None:
                _check_image(baseline, "baseline", (len(baseline) if self.averages else 1, *image.shape[1:]))
                base = baseline.detach().to(image)
            difference = 0.0
            if self.uses_baseline or self.batches:
                scores = question.measure(torch.cat((image, base)) if self.uses_baseline else image)
                difference = float(scores[0] - (scores[1:].mean() if self.averages else scores[-1]))
            name = ""
            if self.needs_layer:
                name = layer or suggest_layer(list_layers(network, image)).name
            inputs = MethodInput(
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
                computed = self.compute(inputs)
        values = computed.values.detach()
        if not values.is_cpu or values.dtype != torch.float32 or not values.is_contiguous():
            values = values.to("cpu", torch.float32).contiguous()
        size = sum_of_squares(values)
        if not isfinite(size) and not all_finite(values):
            raise UserError("attribution_not_finite")
        notes = self._notes(inputs, computed, size > 0 or bool(values.any()))
        return Attribution(
            method=self.name,
            values=values,
            target=target,
            output=(question.first_score or 0.0) if computed.output is None else computed.output,
            layer=name,
            options=MappingProxyType({**settled, **computed.chosen}),
            seed=seed,
            signed=self.signed,
            baseline=(base if self.averages else base[0]).cpu().float() if self.uses_baseline else None,
            regions=computed.regions,
            completeness=computed.completeness,
            computed_by=self.computed_by,
            corrected=computed.corrected,
            shared=computed.shared,
            seconds=perf_counter() - begin,
            notes=notes,
        )

    def _notes(self, inputs: MethodInput, computed: MethodResult, any_values: bool) -> tuple[AttributionNote, ...]:
        notes = computed.notes if any_values else (*computed.notes, AttributionNote("all_zero"))
        if self.uses_baseline and torch.equal(inputs.image, inputs.baseline):
            return (*notes, AttributionNote("image_is_baseline"))
        if self.adds_up and abs(inputs.difference) < 100 * inputs.rounding_error:
            return (
                *notes,
                AttributionNote("no_difference", MappingProxyType({"difference": f"{inputs.difference:.2g}"})),
            )
        return notes


def _check_image(image: Tensor, which: str, shape: tuple[int, ...] | None = None) -> None:
    got = tuple(image.shape)
    if got != shape if shape is not None else (len(got) != 4 or got[0] != 1 or 0 in got):
        raise UserError(
            f"attribution_{which}_shape",
            got="×".join(map(str, got)),
            expected="1×C×H×W" if shape is None else "×".join(map(str, shape)),
        )
    if not all_finite(image):
        raise UserError(f"attribution_{which}_finite")
