"""How many of a set's first images may be asked for."""

from cnnviz.errors import UserError

MOST_IMAGES = 10_000_000
"""No set has as many."""


def check_limit(limit: object) -> None:
    """Nothing, where `limit` is a whole number from 1 to `MOST_IMAGES`.

    Raises:
        UserError: `data_limit`.
    """
    if type(limit) is not int or not 1 <= limit <= MOST_IMAGES:
        raise UserError("data_limit", got=limit)
