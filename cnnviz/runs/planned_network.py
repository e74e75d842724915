"""The network of a plan: a form of an architecture, or one of the user's own; what it is trained with by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from cnnviz.definitions.record import OWN
from cnnviz.errors import UserError

if TYPE_CHECKING:
    from cnnviz.data.dataset_record import Dataset
    from cnnviz.runs.run_plan import RunPlan
    from cnnviz.zoo.architecture_record import Architecture

LARGEST_DEFINITION = 1_000_000
"""Characters of its JSON."""


@dataclass(frozen=True, slots=True)
class ZooNetwork:
    """A form of an architecture."""

    entry: Architecture
    options: Mapping[str, Any]
    definition: str = ""

    @property
    def name(self) -> str:
        """The name of the architecture."""
        return self.entry.name

    def recipe(self, count: int, images: Dataset) -> dict[str, Any]:
        """Return the course's settings for `count` training images."""
        return recipe(self.entry, self.options, count)

    def check(self, plan: RunPlan, images: str) -> None:
        """Raise for images too small for it.

        Raises:
            UserError: `image_too_small`.
        """
        plan.network("meta")


@dataclass(frozen=True, slots=True)
class PlannedDefinition:
    """A network of the user's own."""

    definition: str
    """Its JSON without lines."""
    image: tuple[int, int, int] | None
    """(C, H, W) of the images that it was written for."""
    options: Mapping[str, Any] = field(default_factory=dict)
    name: str = OWN

    @classmethod
    def parse(cls, text: Any, options: Any = None) -> Self:
        """Return the network of a JSON text, or of the text of a link; checked whole, nothing is built.

        Raises:
            UserError: as `from_json` and `from_link`, or `option_unknown` for options, of which it has none.
        """
        from cnnviz.definitions import from_json, from_link, to_json

        if options:
            raise UserError("option_unknown", option=str(next(iter(options)))[:40], known=["–"])
        if not isinstance(text, str) or not text or len(text) > LARGEST_DEFINITION:
            raise UserError("definition_text")
        definition = from_json(text) if text.lstrip().startswith("{") else from_link(text)
        return cls(to_json(definition, lines=False), definition.input_shape)

    def recipe(self, count: int, images: Dataset) -> dict[str, Any]:
        """Return usual settings, and the size of the images that it was written for where the set's is another."""
        return {
            "learning_rate": 0.1,
            "batch_size": min(128, count),
            "image_size": own_image_size(self.image, images),
            "epochs": 10,
            "optimizer": "sgd",
        }

    def check(self, plan: RunPlan, images: str) -> None:
        """Raise unless it runs on the images of the plan and gives a score for each class.

        Raises:
            UserError: `own_fit_images`, `own_fit_classes`, or one of `check_size`.
        """
        from cnnviz.definitions import from_json
        from cnnviz.definitions.checks import check_size
        from cnnviz.definitions.fitting import check_fits

        check_size(check_fits(from_json(self.definition), plan.input_shape, plan.num_classes, images))


def own_image_size(image: tuple[int, int, int] | None, images: Dataset) -> int:
    """Return the side of the square images that a network was written for; 0 for those of the set as they are."""
    if image is None or image[1:] == images.input_shape[1:] or image[1] != image[2]:
        return 0
    return image[1]


def recipe(entry: Architecture, options: Mapping[str, Any], images: int) -> dict[str, Any]:
    """Return the course's settings for the form of a network that `options` chose, its batch no larger than the set."""
    fitting = [
        one
        for one in entry.recipes
        if one.optimizer == "sgd" and all(options.get(name) == value for name, value in (one.options or {}).items())
    ]
    best = max(fitting, key=lambda one: len(one.options or {}), default=entry.recipes[0])
    return {
        "learning_rate": best.learning_rate,
        "batch_size": min(best.batch_size, images),
        "image_size": best.image_size,
        "epochs": best.epochs,
        "optimizer": best.optimizer,
    }
