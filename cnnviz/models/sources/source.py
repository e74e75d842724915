"""The interface of a source of weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor

from cnnviz.data.standardise import Scaling
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text

Escape = Callable[[str], str]
"""Escapes a name for the place where a sentence with it is shown."""


class WeightSource(ABC):
    """One source of weights; the table `WEIGHT_SOURCES` holds an instance of each.

    Callers hold a `WeightsRef` and ask its source; what differs between sources is an attribute or a method here.
    """

    name: ClassVar[str]
    """As `WeightsRef.source` holds it."""
    is_trained: ClassVar[bool] = True
    """Whether class scores mean something."""
    records_training: ClassVar[bool] = False
    """Whether `info` tells the set and the settings of the training, so that the network can be tested on that set."""
    is_users: ClassVar[bool] = False
    """Whether the weights are the user's own."""

    @abstractmethod
    def parse(self, text: str) -> WeightsRef | None:
        """Return the weights that a link names by `text`; None where that is a text of another source.

        Nothing is looked up.

        Raises:
            ValueError: a text of this source that can name no weights.
        """

    @abstractmethod
    def format(self, weights: WeightsRef) -> str:
        """Return the text that names the weights in a link."""

    @abstractmethod
    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        """Return the weights that a menu offers to the user with the key `owner`, for an architecture or all."""

    @abstractmethod
    def title(self, weights: WeightsRef, t: Text) -> str:
        """Return the entry of the weights in a menu; `t` holds the texts of `weights.toml`."""

    @abstractmethod
    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        """Return a sentence on the training of the weights and their accuracy."""

    @abstractmethod
    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor] | None:
        """Return the tensors as `load_state_dict` takes them, float32; None for weights drawn by their seed.

        Raises:
            UserError: weights that are not there, or are damaged.
        """

    @abstractmethod
    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        """Return the Python that leaves the network with these weights in `model`."""

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        """Return what is known of the weights, for the network `spec` where they were made for several.

        Raises:
            UserError: weights that are not there.
        """
        return WeightsInfo()

    def scaling(self, info: WeightsInfo) -> Scaling | None:
        """Return mean and standard deviation per channel that inputs are standardised with; None for pixels in [0, 1].

        Raises:
            UserError: training images that they are measured on and that are not there.
        """
        return info.scaling

    def latest(self, weights: WeightsRef) -> WeightsRef:
        """Return the same weights as they stand now, where weights of one name may change.

        Raises:
            UserError: weights that are not there.
        """
        return weights

    def check(self, weights: WeightsRef, architecture: str | None = None) -> None:
        """Raise if a page cannot use the weights, or cannot for an architecture.

        Raises:
            UserError: weights that are not there or may still change, or images that they need and that are gone.
            ValueError: weights of another architecture.
        """
        spec = self.info(weights).spec
        if architecture is not None and (spec is None or spec.architecture != architecture):
            raise ValueError(self.format(weights))

    def list_testable(self, owner: str = "") -> tuple[WeightsRef, ...]:
        """Return the weights that can be tested on the images of their set, of the user with the key `owner`."""
        return ()

    def check_testable(self, weights: WeightsRef) -> None:
        """Raise if the weights cannot be tested yet.

        Raises:
            UserError: weights that are not there.
        """
        self.info(weights)

    def to_url(self, weights: WeightsRef) -> dict[str, str]:
        """Return the URL parameters that choose the weights."""
        text = self.format(weights)
        return {"weights": text} if text else {}

    def short_title(self, weights: WeightsRef) -> str:
        """Return what tells the weights from others in a table."""
        return self.format(weights)

    def key(self, weights: WeightsRef, spec: ModelSpec) -> str:
        """Return the text that names the model in a list within a link, where steps of a run count as one."""
        return self.format(weights)

    def saved_steps(self, weights: WeightsRef) -> tuple[int, ...]:
        """Return the steps of the training whose weights were kept."""
        return ()

    def steps_per_epoch(self, weights: WeightsRef) -> float:
        """Return the number of steps of the training in an epoch; 1 where it is unknown."""
        return 1.0
