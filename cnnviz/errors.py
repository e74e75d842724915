"""What a reader can cause: a key into `text/errors.toml` and the values of its sentence."""

from numbers import Real
from typing import Any

from cnnviz.text.printable import printable


class Refusal(Exception):
    """Something asked for that cannot be had; `str()` is one English sentence the reader can act on.

    >>> str(Refusal("unknown_architecture", name="lennet", known="lenet, alexnet"))
    'There is no network called "lennet"; choose one of lenet, alexnet.'
    """

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = {
            name: value if isinstance(value, Real) else printable(str(value)) for name, value in values.items()
        }

    def say(self, language: str) -> str:
        """The sentence in `language`, one of `cnnviz.text.LANGUAGES`."""
        from cnnviz.text import load

        return load("errors", language)(self.key, **self.values)

    def __str__(self) -> str:
        return self.say("en")
