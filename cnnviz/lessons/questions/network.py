"""A traced network as questions read it: its trace, and real values where there is an image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.lessons.questions.draw import Draw
from cnnviz.models.model import TrainedModel
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.api import trace
from cnnviz.trace.record import LayerRecord, Trace


class NotApplicable(UserError):
    """A question that a network, or a layer of it, cannot be asked."""


@dataclass(frozen=True, slots=True, eq=False)
class TracedNetwork:
    """A network of the zoo, of a run or of a user, traced; `activations` for one image, None where there is none."""

    title: str
    trace: Trace
    activations: LazyActivations | None = None
    layer: str = ""
    """The row that questions are to be about; "" for any."""

    @classmethod
    def of_model(cls, model: TrainedModel, title: str, image: Tensor | None = None) -> Self:
        """Return a model's network; `image` is (1, C, H, W) as `model.prepare` gives it.

        Raises:
            UserError: weights that are not there, or an image of another shape.
        """
        facts = model.spec.trace()
        return cls(title, facts, None if image is None else LazyActivations(model.network(), facts, image))

    @classmethod
    def of_module(
        cls, module: nn.Module, input_shape: tuple[int, int, int], title: str, image: Tensor | None = None
    ) -> Self:
        """Return any network; `image` is (1, C, H, W).

        Raises:
            UserError: a network that cannot be traced, or an image of another shape.
        """
        facts = trace(module, input_shape)
        return cls(title, facts, None if image is None else LazyActivations(module, facts, image))

    def about(self, layer: str) -> Self:
        """Return the same network with questions about the row `layer` alone."""
        return replace(self, layer=layer)

    def rows(
        self, *operations: str, where: Callable[[LayerRecord], bool] = lambda row: True
    ) -> tuple[LayerRecord, ...]:
        """Return the rows of these operations that `where` holds for, in order of execution.

        Raises:
            NotApplicable: `question_none` where there is none, or none of the row that questions are to be about.
        """
        found = tuple(
            row
            for row in self.trace.layers
            if row.operation in operations and self.layer in ("", row.name) and where(row)
        )
        if not found:
            raise NotApplicable("question_none", network=self.title)
        return found

    def pick(
        self, draw: Draw, *operations: str, where: Callable[[LayerRecord], bool] = lambda row: True
    ) -> LayerRecord:
        """Return one of `rows`.

        Raises:
            NotApplicable: as `rows`.
        """
        return draw.one_of(self.rows(*operations, where=where))

    def values(self) -> LazyActivations:
        """Return the activations for the image.

        Raises:
            NotApplicable: `question_image` where there is no image.
        """
        if self.activations is None:
            raise NotApplicable("question_image", network=self.title)
        return self.activations
