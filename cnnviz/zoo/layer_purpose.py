"""The purpose of a layer: the key of its sentence in the text of its network."""

from fnmatch import fnmatchcase
from functools import cache

from cnnviz.text import load

_PREFIX = "why."


def purpose_key(architecture_name: str, layer_name: str) -> str | None:
    """Return the key in `text/zoo/<architecture_name>.toml` of why the layer is there; None where nothing is said.

    The first pattern in the file that fits wins; a second call, `conv1#2`, counts as `conv1`.

    >>> purpose_key("vgg", "block2.conv1")
    'why.block*.conv1'
    """
    for pattern in _patterns(architecture_name):
        if fnmatchcase(layer_name.partition("#")[0], pattern):
            return f"why.{pattern}"
    return None


@cache
def _patterns(architecture_name: str) -> tuple[str, ...]:
    keys = load(f"zoo/{architecture_name}").keys(_PREFIX)
    return tuple(key.removeprefix(_PREFIX) for key in keys)
