"""Text from outside, made fit to be shown: every character visible, and of bounded length."""

import re

LONGEST_WORD, LONGEST_TEXT = 200, 1000
"""Characters that `printable` leaves of a word, and of a whole text."""

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"  # control characters, escape sequences and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of what follows
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # have no width
    "\ud800-\udfff]"  # halves of a character
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"  # joiners belong between letters of some scripts
)


def escape_hidden(text: str) -> str:
    r"""Return `text` with each character that shows nothing, or moves others, written as its escape.

    >>> escape_hidden("a\nb\u202ec")
    'a\\nb\\u202ec'
    """
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def printable(text: str) -> str:
    """Return `text` for a sentence: hidden characters escaped, long words and long texts cut in the middle."""
    if len(text) > LONGEST_WORD:
        text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: _cut(word[0], LONGEST_WORD), text)
    return escape_hidden(_cut(text, LONGEST_TEXT))


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}…{text[-half:]}"
