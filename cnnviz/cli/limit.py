"""`--limit`: how many of the first images are taken."""

from cnnviz.data.limit import MOST_IMAGES, check_limit
from cnnviz.errors import UserError


def read_limit(word: str | None) -> int | None:
    """The number that the word stands for, at least 1; None without a word.

    Raises:
        UserError: `data_limit`.
    """
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and len(word) <= len(str(MOST_IMAGES))):
        raise UserError("data_limit", got=word[:40])
    check_limit(limit := int(word))
    return limit
