"""A trained model: the network, its weights, the preparation of images for it, and the meaning of its outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from torch import Tensor, nn

from cnnviz.data.dataset_record import Dataset
from cnnviz.data.datasets import find_dataset
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.handwriting import prepare_handwriting
from cnnviz.data.preparation import PreparedImage, prepare
from cnnviz.data.standardise import Scaling, standardised, unstandardised
from cnnviz.errors import UserError
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.sources.table import source_of
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.ops.softmax import class_probabilities
from cnnviz.text import load
from cnnviz.train.batch_preparation import BatchPreparation as BatchPreparation

UNTRAINED = WeightsRef()
UNKNOWN = WeightsInfo()


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A network with its weights and what is known of them; hashable, so that it can be the key of a cache.

    >>> from cnnviz.data import SAMPLES
    >>> model = TrainedModel.of(WeightsRef("checkpoint", "lenet-digits"))
    >>> model.prepare(SAMPLES["digit"].load()).shape, model.class_names("en")[3], model.multi_label
    (torch.Size([1, 1, 28, 28]), '3', False)
    """

    spec: ModelSpec
    weights: WeightsRef = UNTRAINED
    info: WeightsInfo = field(default=UNKNOWN, compare=False, repr=False)
    """Follows from `spec` and `weights`."""

    @classmethod
    def of(cls, weights: WeightsRef, spec: ModelSpec | None = None) -> Self:
        """Return the model of weights as they stand now, in the network that they were made for or in `spec`.

        Raises:
            UserError: weights that are not there.
            ValueError: no `spec` for weights that do not tell their network.
        """
        source = source_of(weights)
        weights = source.latest(weights)
        info = source.info(weights, spec)
        spec = spec or info.spec
        if spec is None:
            raise ValueError("weights that do not tell their network need a spec")
        return cls(spec, weights, info)

    @property
    def source(self) -> WeightSource:
        """The source of the weights."""
        return source_of(self.weights)

    @property
    def dataset(self) -> Dataset | None:
        """The image set that it was trained on; None where that is unknown, none of the project's, or gone."""
        return find_dataset(self.info.dataset)

    @property
    def accuracy(self) -> float | None:
        """Fraction in [0, 1] of that set's test images that are classified right; None where it was not measured."""
        return self.info.accuracy

    @property
    def multi_label(self) -> bool:
        """Return whether an image may have several classes at once."""
        return self.dataset is not None and self.dataset.multi_label

    @property
    def scaling(self) -> Scaling | None:
        """Mean and standard deviation per channel that its input is standardised with; None for pixels in [0, 1].

        Raises:
            UserError: training images that they are measured on and that are not there.
        """
        return self.source.scaling(self.info)

    def network(self) -> nn.Module:
        """Return the network with its weights, on the CPU and in evaluation mode: (N, C, H, W) -> (N, K) logits.

        Raises:
            UserError: weights that are not there, are damaged, or belong to another network.
        """
        state = self.source.load(self.weights, self.spec)
        if state is None:
            return self.spec.build(seed=self.weights.seed).requires_grad_(False)
        network = self.spec.build(device="meta")
        own = network.state_dict()
        wrong = sorted(set(own) ^ set(state)) or [name for name in own if own[name].shape != state[name].shape]
        if wrong:
            raise UserError("weights_unfit", layer=wrong[0])
        network.load_state_dict(state, assign=True)
        return network.requires_grad_(False)

    def preparation(
        self,
        image: Tensor,
        mode: str = "crop",
        negative: bool = False,
        framing: DigitFrame | None = None,
        standardise: bool = True,
    ) -> PreparedImage:
        """Return every step from an image uint8 (C, H, W) to the network's input.

        `mode` is one of `MODES`; a `framing`, as `framing_for` gives it, brings a handwritten digit into the frame of
        the training images first. Without `standardise` the last step is pixels in [0, 1].

        Raises:
            UserError: `unknown_mode`, or as `scaling`.
        """
        scaling = self.scaling if standardise else None
        if framing is not None:
            return prepare_handwriting(image, self.spec.input_shape, framing, mode, scaling)
        return prepare(image, self.spec.input_shape, mode, scaling, self.info.resize, negative)

    def prepare(self, image: Tensor, **settings: Any) -> Tensor:
        """Return the network's input, float32 (1, C, H, W), for an image uint8 (C, H, W); `settings` of `preparation`.

        Raises:
            UserError: as `preparation`.
        """
        return self.preparation(image, **settings).tensor

    def batch_preparation(self) -> BatchPreparation:
        """Return the preparation of whole batches of test images, as in training.

        Raises:
            UserError: as `scaling`.
        """
        return BatchPreparation(self.spec.input_shape[1], *(self.scaling or ((), ())))

    def standardise(self, pixels: Tensor) -> Tensor:
        """Return the network's input for pixels in [0, 1], (…, C, H, W).

        Raises:
            UserError: as `scaling`.
        """
        return standardised(pixels, self.scaling)

    def unstandardise(self, images: Tensor) -> Tensor:
        """Return the pixels in [0, 1] of inputs that `standardise` made, (…, C, H, W)."""
        return unstandardised(images, self.scaling)

    def framing_for(self, other: Dataset | None) -> DigitFrame | None:
        """Return the frame that a handwritten digit needs before the network can read it; None for none.

        `other` is the image's own set, None for an image of a user's.
        """
        return None if self.dataset is None else self.dataset.framing_for(other)

    def class_names(self, language: str, image_set: str = "", numbered: bool = True) -> list[str]:
        """Return the name of every class: of the set it was trained on, else of `image_set`, else their numbers.

        A set with another number of classes names none. Without `numbered` unnamed classes give an empty list.
        """
        count = self.spec.num_classes
        if self.info.classes:
            return list(self.info.classes)
        entry = find_dataset(self.info.dataset or image_set)
        if entry is not None and entry.num_classes == count:
            return entry.class_names(language)
        return [str(index) for index in range(count)] if numbered else []

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return (…, K) probabilities: softmax, or a sigmoid per class where an image may have several."""
        return class_probabilities(logits, self.multi_label)

    def to_url(self) -> dict[str, str]:
        """Return the URL parameters that choose this model."""
        return self.spec.to_url() | self.source.to_url(self.weights)

    def describe(self, language: str, escape: Escape = str) -> str:
        """Return a sentence on the training of the weights and their accuracy; `escape` is applied to names."""
        return self.source.describe(self.weights, self.info, load("weights", language), escape)

    def python(self) -> str:
        """Return the Python that leaves the network in `model`."""
        return self.source.python(self.weights, self.spec)
