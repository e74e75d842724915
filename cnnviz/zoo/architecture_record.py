"""The record of one network: its builder, its options and its facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from cnnviz.options import Option, Value, Values, changed, resolve

Shape = tuple[int, int, int]
"""(C, H, W) of one image."""

Builder = Callable[..., nn.Module]
"""`build(input_shape, num_classes, **options)` is the network, (N, C, H, W) -> (N, num_classes)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The publication of a network."""

    title: str
    venue: str
    url: str


@dataclass(frozen=True, slots=True)
class CourseRecipe:
    """The course's training of a network on Fashion-MNIST: plain SGD unless it says otherwise."""

    learning_rate: float
    batch_size: int
    image_size: int
    """Height and width in pixels."""
    epochs: int = 10
    optimizer: str = "sgd"
    options: Values | None = None
    """The form of the network that the recipe is for; None for the default one."""
    source: str = "course"
    """Where it stands: in the "course" itself, in "notes" on the course as another way, or in a "student"'s runs."""


@dataclass(frozen=True, slots=True)
class QuickRecipe:
    """Training of a network within minutes on a CPU: Adam, one cycle of the learning rate."""

    learning_rate: float
    """At width 1: a network of half the width takes twice as much."""
    image_size: int
    """Height and width in pixels."""
    updates: int
    """Minibatches in all, about; more for a large set."""
    init: str = "xavier"
    options: Values = field(default_factory=dict)
    """The form of the network that it is for, where the default form learns too slowly or not at all."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A family of networks: one builder with its options, and the facts told about it.

    The words about it stand in `cnnviz/text/zoo/<name>.toml`: its idea, and under `why` a pattern per layer.
    """

    name: str
    title: str
    year: int
    authors: str
    paper: Paper
    build: Builder
    options: tuple[Option, ...]
    input_shape: Callable[[Values], Shape]
    """The shape of the images that a form was made for."""
    num_classes: Callable[[Values], int]
    """10 in the course's forms, 1,000 in the papers'."""
    recipes: tuple[CourseRecipe, ...]
    quick: QuickRecipe
    quick_by_dataset: Mapping[str, QuickRecipe] = field(default_factory=dict)
    """Of the datasets, with their variants, that need another one."""

    def resolve(self, given: Mapping[str, Any] | None = None) -> dict[str, Value]:
        """Return every option with its value, in the order of the table: the given ones parsed, the others by default.

        Raises:
            UserError: an unknown option, an impossible value, or two options that exclude each other.
        """
        return resolve(self.options, given, self.title)

    def changed(self, options: Values) -> dict[str, Value]:
        """Return those of `options` that differ from the default form, as a link or a file name carries them."""
        return changed(self.options, options)
