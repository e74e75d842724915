"""`--limit`: how many of the first images are taken."""

from cnnviz.errors import Refusal

_LONGEST = 18
"""Digits; no set has as many images."""


def read_limit(word: str | None) -> int | None:
    """The number that the word stands for, at least 1; None without a word.

    Raises:
        Refusal: `data_limit`.
    """
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and len(word) <= _LONGEST and int(word) > 0):
        raise Refusal("data_limit", got=word[:40])
    return int(word)
