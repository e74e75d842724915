"""Errors that a user can cause: a key into `text/errors.toml` and the values of its sentence."""

from numbers import Real
from typing import Any

from cnnviz.text.printable import printable


class UserError(Exception):
    """An error that a user can cause and mend; `str()` is one English sentence to act on.

    A list of names is written as the language writes it.

    >>> str(UserError("unknown_architecture", name="lennet", known=["lenet", "alexnet"]))
    'There is no network called "lennet"; choose one of lenet, alexnet.'
    """

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = {name: _plain(value) for name, value in values.items()}

    def describe(self, language: str) -> str:
        """Return the sentence in `language`, one of `cnnviz.text.LANGUAGES`."""
        from cnnviz.text import load

        t = load("errors", language)
        said = {
            name: printable(t.listed(value)) if isinstance(value, list) else value
            for name, value in self.values.items()
        }
        return t(self.key, **said)

    def __str__(self) -> str:
        return self.describe("en")


def _plain(value: Any) -> Real | str | list[str]:
    if isinstance(value, Real):
        return value
    return [printable(str(each)) for each in value] if isinstance(value, list) else printable(str(value))
