"""The architecture, options, image shape and number of classes that a network is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from torch import nn

from cnnviz.definitions import NetworkDefinition
from cnnviz.definitions.record import OWN as OWN
from cnnviz.errors import UserError
from cnnviz.models.own_networks import definition_name, find_definition
from cnnviz.options import Whole, format_value
from cnnviz.trace.api import trace
from cnnviz.trace.record import Trace
from cnnviz.zoo import architecture, build
from cnnviz.zoo.factory import check_classes, check_shape

SHAPE = ("size", "channels", "classes")
"""The names, in links and on the command line, of what every network has besides its options."""
_COUNT = Whole(1, 10**9 - 1)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One form of one architecture for one image shape; hashable, so that it can be the key of a cache."""

    architecture: str
    """A name in `ARCHITECTURES`."""
    options: tuple[tuple[str, Any], ...]
    """Every option with its value, as `Architecture.settle` gives them."""
    input_shape: tuple[int, int, int]
    """(C, H, W)"""
    num_classes: int
    definition: NetworkDefinition | None = None
    """Of a network of the user's own, whose `architecture` is `OWN`; None for one of the zoo."""

    @classmethod
    def own(cls, definition: NetworkDefinition, input_shape: tuple[int, int, int] | None = None) -> Self:
        """Return the spec of a network of the user's own, for the images that it was written for or others.

        Raises:
            UserError: a network that does not run on such images, or whose output is no row of scores.
        """
        from cnnviz.definitions.checks import check_definition, check_image_shape, fitting_shapes

        definition = check_definition(definition)
        shapes = fitting_shapes(definition, input_shape)
        scores = shapes.of(definition.output_index)
        if len(scores) != 1:
            raise UserError("definition_scores", got="×".join(map(str, scores)))
        return cls(OWN, (), check_image_shape(shapes.image), check_classes(scores[0]), definition)

    @classmethod
    def of(
        cls,
        name: str,
        options: Mapping[str, Any] | None = None,
        size: int | None = None,
        channels: int | None = None,
        num_classes: int | None = None,
    ) -> Self:
        """Return the spec of the architecture `name` with `options`, all else as this form has it.

        >>> ModelSpec.of("lenet", {"pool": "max"}).input_shape
        (1, 28, 28)

        Raises:
            UserError: an unknown name, or options that exclude each other.
        """
        entry = architecture(name)
        resolved = entry.resolve(options)
        usual = entry.input_shape(resolved)
        shape = (channels or usual[0], size or usual[1], size or usual[2])
        return cls(name, tuple(resolved.items()), shape, num_classes or entry.num_classes(resolved))

    @classmethod
    def from_url(cls, query: Mapping[str, str]) -> Self:
        """Return the spec that `to_url` wrote; a form's own options, size, channels and classes may be left out.

        >>> ModelSpec.from_url({"net": "lenet", "lenet.pool": "max"}) == ModelSpec.of("lenet", {"pool": "max"})
        True

        Raises:
            UserError: an unknown name or option, a number that is none, or a network that cannot be.
        """
        name = query["net"]
        if name == OWN:
            return cls.own(find_definition(query.get(OWN, "")))
        prefix = f"{name}."
        own = {key.removeprefix(prefix): text for key, text in query.items() if key.startswith(prefix)}
        size, channels, classes = (_COUNT.parse(own.pop(key), key) if key in own else None for key in SHAPE)
        spec = cls.of(name, own, size, channels, classes)
        check_shape(spec.input_shape)
        check_classes(spec.num_classes)
        return spec

    def to_url(self) -> dict[str, str]:
        """Return the URL parameters of this network; what its form has by default is left out.

        A network of the user's own that is too long for a link is named by its digest.
        """
        if self.definition is not None:
            return {"net": OWN, OWN: definition_name(replace(self.definition, input_shape=self.input_shape))}
        entry = architecture(self.architecture)
        options = dict(self.options)
        query = {"net": self.architecture} | {
            f"{self.architecture}.{name}": format_value(value) for name, value in entry.changed(options).items()
        }
        usual = entry.input_shape(options)
        numbers = (
            (self.input_shape[1], usual[1]),
            (self.input_shape[0], usual[0]),
            (self.num_classes, entry.num_classes(options)),
        )
        return query | {
            f"{self.architecture}.{name}": str(number)
            for name, (number, default) in zip(SHAPE, numbers, strict=True)
            if number != default
        }

    def build(self, *, seed: int = 0, device: str = "cpu") -> nn.Module:
        """Return the network with the weights of `seed`, in evaluation mode: (N, C, H, W) -> (N, num_classes).

        Raises:
            UserError: an image too small for it.
        """
        if self.definition is not None:
            from cnnviz.definitions import build as build_own

            return build_own(self.definition, self.input_shape, seed=seed, device=device)
        return build(
            self.architecture, dict(self.options), self.input_shape, self.num_classes, device=device, seed=seed
        )

    def trace(self) -> Trace:
        """Return the facts of every layer, cached; no memory is allocated for weights.

        Raises:
            UserError: an image too small for it.
        """
        return _trace(self)

    def has_tensors_of(self, other: ModelSpec) -> bool:
        """Return whether weights of `other` fit: every tensor has the same name and shape.

        Raises:
            UserError: a network that cannot be built.
        """
        return self == other or (self.architecture == other.architecture and _shapes(self) == _shapes(other))

    @property
    def python_import(self) -> str:
        """The line of Python that `python` needs before it."""
        own = self.definition is not None
        return "from cnnviz.definitions import build, from_json" if own else "from cnnviz.zoo import build"

    def python(self, **settings: object) -> str:
        """Return the Python that builds this network in `model`, after `python_import`."""
        if self.definition is not None:
            from cnnviz.definitions import to_json

            text = to_json(replace(self.definition, input_shape=self.input_shape), lines=False)
            seed = f", seed={settings['seed']!r}" if "seed" in settings else ""
            return f"model = build(from_json({text!r}){seed})"
        more = "".join(f", {name}={value!r}" for name, value in settings.items())
        whole = f"{self.architecture!r}, {dict(self.options)!r}, {self.input_shape}, {self.num_classes}"
        return f"model = build({whole}{more})"


@lru_cache(maxsize=64)
def _trace(spec: ModelSpec) -> Trace:
    return trace(spec.build(device="meta"), spec.input_shape)


@lru_cache(maxsize=128)
def _shapes(spec: ModelSpec) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the name and the shape of every tensor."""
    return tuple((name, tuple(tensor.shape)) for name, tensor in spec.build(device="meta").state_dict().items())
