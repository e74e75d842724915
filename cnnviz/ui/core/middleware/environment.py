"""Server settings from the environment, read at each request: hosted Streamlit sets variables after the start.

A variable that makes no sense is told by the pages; until it is mended, requests are held to the stricter side.
"""

from cnnviz.errors import UserError
from cnnviz.runs.limits import LIMITS, Limits, limits, profile


def is_hosted() -> bool:
    """Return whether the server is open to strangers."""
    try:
        return profile() == "hosted"
    except UserError:
        return True


def current_limits() -> Limits:
    """Return the limits that hold now."""
    try:
        return limits()
    except UserError:
        return Limits(**{limit.name: limit.hosted for limit in LIMITS.values()})
