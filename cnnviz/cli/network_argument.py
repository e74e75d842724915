"""A trained model on the command line: one that has a name or a card, or a file of weights and its network."""

import sys
from typing import TYPE_CHECKING

from cnnviz.cli.output import print_line
from cnnviz.cli.trace_command import parse_settings
from cnnviz.errors import UserError
from cnnviz.paths import path_kind, user_path
from cnnviz.text import load

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.models import ModelSpec, TrainedModel


def find_model(word: str, network: str | None, language: str) -> "TrainedModel":
    """Return the trained model that `word` names, or the file at the path `word` as the weights of `network`.

    What was done to the names in a file is said on stderr.

    Raises:
        UserError: a name or a network that is not known, or a file that does not fit.
    """
    from cnnviz.models import load_model

    if network is not None and path_kind(user_path(word)) != "file":
        raise UserError("network_without_file", name=word)
    model = load_model(word, None if network is None else parse_network(network))
    if model.info.pairing is not None:
        for sentence in model.info.pairing.describe(load("weights", language)):
            print_line(sentence, sys.stderr)
    return model


def parse_network(words: str) -> "ModelSpec":
    """Return the network of "resnet form=torchvision classes=10": options and shape called as in links.

    What is left out is the form's own.

    Raises:
        UserError: `network_words`, or a network that is not known.
    """
    from cnnviz.models import ModelSpec
    from cnnviz.models.spec import SHAPE

    name, *rest = words.split() or [""]
    if not name or "=" in name:
        raise UserError("network_words", got=words)
    settings = parse_settings(rest, example="pool=max")
    if not all(settings.get(key, "1").isdecimal() for key in SHAPE):
        raise UserError("network_words", got=words)
    return ModelSpec.from_url({"net": name} | {f"{name}.{key}": text for key, text in settings.items()})


def build_network(model: "TrainedModel") -> "nn.Module":
    """Return the network of a model with its weights.

    Raises:
        UserError: as `TrainedModel.network`, but `checkpoint_shapes` for saved weights that are not its network's.
    """
    try:
        return model.network()
    except UserError as error:
        if error.key != "weights_unfit":
            raise
        raise UserError("checkpoint_shapes", name=model.weights.name) from error
