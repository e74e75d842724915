"""A trained network on the command line: one that has a name or a card, or a file of weights and what it is of."""

import sys
from typing import TYPE_CHECKING

from cnnviz.cli.output import say
from cnnviz.cli.trace_command import read_settings
from cnnviz.errors import UserError
from cnnviz.options import Whole
from cnnviz.paths import path_kind, user_path
from cnnviz.text import load

if TYPE_CHECKING:
    from cnnviz.options import Value
    from cnnviz.runs.trained import Trained

COUNT = Whole(1, 10**9 - 1)
SHAPE = ("size", "channels", "classes")
"""What every network has besides its options, called as in the links of the pages."""


def find_network(word: str, network: str | None, language: str) -> "Trained":
    """Return the trained network that `word` names, or the file at the path `word` as the weights of `network`.

    What was done to the names in a file is said on stderr.

    Raises:
        UserError: a name or a network that is not known, or a file that does not fit.
    """
    from cnnviz.runs.trained import find_trained, of_file

    if network is None:
        return find_trained(word)
    path = user_path(word)
    if path_kind(path) != "file":
        raise UserError("network_without_file", name=word)
    trained = of_file(path, *read_network(network))
    if trained.pairing is not None:
        for sentence in trained.pairing.say(load("weights", language)):
            say(sentence, sys.stderr)
    return trained


def read_network(words: str) -> tuple[str, "dict[str, Value]", tuple[int, int, int], int]:
    """Return architecture, options, (C, H, W) and number of classes of "resnet form=torchvision classes=10".

    What is left out is the form's own.

    Raises:
        UserError: `network_words`, or a network that is not known.
    """
    from cnnviz.zoo import architecture
    from cnnviz.zoo.factory import check_classes, check_shape

    name, *rest = words.split() or [""]
    if not name or "=" in name:
        raise UserError("network_words", got=words)
    entry = architecture(name)
    given = read_settings(rest, example="pool=max")
    numbers = {key: COUNT.parse(given.pop(key), key) for key in SHAPE if key in given}
    options = entry.settle(given)
    channels, height, width = entry.input_shape(options)
    size = numbers.get("size")
    shape = check_shape((numbers.get("channels", channels), size or height, size or width))
    return entry.name, options, shape, check_classes(numbers.get("classes", entry.num_classes(options)))
