"""A traced network as questions read it: its trace, and real values where there is an image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from torch import Tensor, nn

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data.dataset_record import Dataset
from cnnviz.errors import UserError
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.models.model import TrainedModel
from cnnviz.text import load
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.api import trace
from cnnviz.trace.record import LayerRecord, Trace

T = TypeVar("T")


class NotApplicable(UserError):
    """A question that a network, or a layer of it, cannot be asked."""


@dataclass(frozen=True, slots=True, eq=False)
class TracedNetwork:
    """A network of the zoo, of a run or of a user, traced; `activations` for one image, None where there is none."""

    title: str
    trace: Trace
    activations: LazyActivations | None = None
    confusion: tuple[tuple[int, ...], ...] = ()
    """[label][prediction] counts of its test images; () where they are not known."""
    classes: tuple[Sentence | str, ...] = ()
    """The names of its classes, where they are known."""
    layer: str = ""
    """The row that questions are to be about; "" for any."""
    module: nn.Module | None = None
    """The network itself, for maps of what it is explained by; read only. None where there is no image."""
    _found: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of_model(cls, model: TrainedModel, title: str, image: Tensor | None = None) -> Self:
        """Return a model's network; `image` is (1, C, H, W) as `model.prepare` gives it.

        Raises:
            UserError: weights that are not there, or an image of another shape.
        """
        facts = model.spec.trace()
        module, activations = None, None
        if image is not None:
            module = model.network()
            activations = LazyActivations(module, facts, image)
        card = CHECKPOINTS.get(model.weights.name) if model.weights.source == "checkpoint" else None
        if card is None or model.dataset is None or model.multi_label:
            return cls(title, facts, activations, module=module)
        return cls(title, facts, activations, card.confusion, _class_names(model.dataset), module=module)

    @classmethod
    def of_module(
        cls, module: nn.Module, input_shape: tuple[int, int, int], title: str, image: Tensor | None = None
    ) -> Self:
        """Return any network; `image` is (1, C, H, W).

        Raises:
            UserError: a network that cannot be traced, or an image of another shape.
        """
        facts = trace(module, input_shape)
        if image is None:
            return cls(title, facts)
        return cls(title, facts, LazyActivations(module, facts, image), module=module)

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

    def once(self, name: str, find: Callable[[], T]) -> T:
        """Return what `find` returns, looked for once and kept with the network under `name`."""
        if name not in self._found:
            self._found[name] = find()
        return self._found[name]

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


def _class_names(dataset: Dataset) -> tuple[Sentence | str, ...]:
    """Return the classes of a set as sentences of its texts; the English name where they have none."""
    known = load("data")
    keys = [f"class.{dataset.family or dataset.name}.{index}" for index in range(dataset.num_classes)]
    return tuple(
        Sentence("data", key) if key in known else name for key, name in zip(keys, dataset.classes, strict=True)
    )
