"""The network that a question is about, with its weights and its image."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.lessons.lesson import Item
from cnnviz.lessons.lesson_network import lesson_model, network_title
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import PageLink
from cnnviz.models import TrainedModel
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.inputs.walk_cache import load_activations


@dataclass(frozen=True, slots=True)
class QuestionSubject:
    """A model, the image that it reads, and its traced network as generators take it."""

    model: TrainedModel
    image: ImageChoice | None
    """None for a network of which no values are shown."""
    network: TracedNetwork

    @classmethod
    def of(cls, model: TrainedModel, image: ImageChoice | None, layer: str = "") -> QuestionSubject:
        """Return the subject of questions about a model, or about one of its layers.

        Raises:
            UserError: weights that are not there or do not fit the memory left.
        """
        walk = None if image is None else load_activations(model, image)
        module = None if walk is None else cached_network(model)
        network = TracedNetwork(network_title(model.spec), model.spec.trace(), activations=walk, module=module)
        return cls(model, image, network.about(layer))

    @classmethod
    def of_item(cls, item: Item) -> QuestionSubject:
        """Return the subject of an item of a lesson: with the digit that it reads.

        Raises:
            UserError: as `of`.
        """
        model = lesson_model(item.network)
        reads = model.source.is_trained or item.image is not None
        image = ImageChoice("digits", item.image or 0, "crop") if reads else None
        return cls.of(model, image, item.layer)

    def query(self, link: PageLink) -> dict[str, str]:
        """Return the state of a question's link."""
        own = self.model.to_url() | (self.image.to_url() if self.image else {}) if link.of_network else {}
        return own | dict(link.params)
