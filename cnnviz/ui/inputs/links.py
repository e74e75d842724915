"""The parameters by which links name a model and an image; a page lists those that it takes among its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnnviz.data import MODES
from cnnviz.definitions import from_link
from cnnviz.definitions.text_form import LONGEST_LINK
from cnnviz.errors import UserError
from cnnviz.models.own_networks import DIGEST
from cnnviz.models.sources.table import format_weights, parse_weights, source_of
from cnnviz.models.spec import OWN, SHAPE
from cnnviz.options import Choice, Flag, OptionError, Whole
from cnnviz.ui.components.pad.pad_view import STROKES
from cnnviz.ui.core.url import Name, Param
from cnnviz.zoo import ARCHITECTURES, architecture

LARGEST_IMAGE = 512
"""Pixels on a side; what a page on two cores still walks."""
MOST_CHANNELS = 16
MOST_CLASSES = 1000
LARGEST_NUMBER = 9999
"""Of an image, and the largest seed."""
SAME_IMAGES = {"digit": "digits"}
"""Samples that are test images of a set, by the name of the set."""
_WEIGHTS = (
    "`untrained`, `imagenet`, a trained network, `run:<id>`, `run:<id>@<step>`, `file:<digest>:<name>` or "
    "`own-file:<digest>`"
)


@dataclass(frozen=True, slots=True)
class EvaluatedWeights(Name):
    """The text of weights that can be tested on the images of their set: those of a run at its latest step."""

    def parse(self, value: Any, option: str = "value") -> str:
        """Return the text without the step of a run; nothing is looked up.

        Raises:
            OptionError: `option_choice`.
        """
        try:
            weights = parse_weights(Name.parse(self, value, option))
        except ValueError:
            weights = None
        if weights is None or not source_of(weights).records_training:
            raise OptionError("option_choice", option=option, got=str(value)[:40], choices=[self.meaning])
        return format_weights(replace(weights, step=None))


@dataclass(frozen=True, slots=True)
class DefinitionLink(Name):
    """The short text of a network, unpacked and checked before it is a value, or the digest of a kept one."""

    def parse(self, value: Any, option: str = "value") -> str:
        """Return the text; nothing is built.

        Raises:
            OptionError: `option_choice` for a text that holds no network.
        """
        text = Name.parse(self, value, option)
        if text and not DIGEST.fullmatch(text):
            try:
                from_link(text)
            except UserError as error:
                raise OptionError("option_choice", option=option, got=text[:40], choices=[self.meaning]) from error
        return text


def option_params(name: str, prefix: str = "", family: str = "<network>.<option>") -> dict[str, Param[Any]]:
    """Return the parameters of an architecture's options, image size, channels and classes, by option.

    A link has each as `<prefix>.<option>`; `prefix` is the architecture's name unless it is given.
    """
    entry = architecture(name)
    options = entry.resolve()
    channels, size, _ = entry.input_shape(options)
    usual = zip(
        SHAPE,
        (size, channels, entry.num_classes(options)),
        (LARGEST_IMAGE, MOST_CHANNELS, MOST_CLASSES),
        strict=True,
    )
    kinds = {option.name: (option.kind, option.default) for option in entry.options}
    kinds |= {shape: (Whole(1, most), number) for shape, number, most in usual}
    return {
        option: Param(f"{prefix or name}.{option}", kind, default, family=family)
        for option, (kind, default) in kinds.items()
    }


NETWORK = Param("net", Choice((*ARCHITECTURES, OWN)), "lenet")
OWN_NETWORK = Param(OWN, DefinitionLink("a network", r"[A-Za-z0-9_-]*", LONGEST_LINK), "")
"""The definition of the user's own network; "" stands for the one that its page begins with."""
OPTIONS = {name: option_params(name) for name in ARCHITECTURES}
"""By architecture and option."""
WEIGHTS = Param("weights", Name(_WEIGHTS), "")
EVALUATED_WEIGHTS = Param("weights", EvaluatedWeights("a trained network or `run:<id>`"), "")
SEED = Param("seed", Whole(0, LARGEST_NUMBER), 0)
IMAGE = Param("image", Name("an image set, a sample, `drawn`, `upload` or `camera`"), "", SAME_IMAGES)
NUMBER = Param("n", Whole(0, LARGEST_NUMBER), 0)
ANY_CLASS = -1
ONLY_CLASS = Param("image.class", Whole(ANY_CLASS, LARGEST_NUMBER), ANY_CLASS)
ONLY_RESULT = Param("image.only", Choice(("any", "right", "wrong")), "any")
FIT = Param("fit", Choice(tuple(MODES)), next(iter(MODES)))
HANDWRITING = Param("handwriting", Flag(), True)
NEGATIVE = Param("negative", Flag(), False)

NETWORK_PARAMS = (NETWORK, OWN_NETWORK, *(param for options in OPTIONS.values() for param in options.values()))
MODEL_PARAMS = (*NETWORK_PARAMS, WEIGHTS, SEED)
IMAGE_PARAMS = (IMAGE, NUMBER, ONLY_CLASS, ONLY_RESULT, FIT, HANDWRITING, NEGATIVE, STROKES)
