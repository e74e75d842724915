"""The server's log: one line an event, of names, keys and numbers.

    2026-11-30T20:15:00Z page_failed page=saliency error=ValueError at=trust/panel.py:44

Nothing of a user stands in it: no address, no link, no text that somebody typed. A value that is no name and no
number is written as `?`, and of an exception the kind and the place are told, not its words. `CNNVIZ_DEBUG` adds the
traceback.
"""

import logging
import os
import re
import sys
import time
from pathlib import Path
from traceback import extract_tb, format_exception

from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnviz.runs.limits import PROFILE, PROFILES
from cnnviz.ui.core.byte_cache import MEGABYTE, memory_left
from cnnviz.ui.core.server_state import server_state

DEBUG = "CNNVIZ_DEBUG"
"""The variable that adds tracebacks, whose words may be a user's."""
PLAIN = re.compile(r"[\w.:/-]{1,60}")
"""What a value may be."""
PACKAGE = Path(__file__).parents[2]
PLACES = 3
"""Places of our own code that are told of an exception, the innermost first."""


@server_state
def _logger() -> logging.Logger:
    logger = logging.getLogger("cnnviz")
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return logger


def log_event(event: str, **values: str | float) -> None:
    """Write one line: the name of the event, the page that the running script is, and the values."""
    pairs = {"page": current_page(), **values}
    _logger().info(" ".join([event, *(f"{name}={_format_value(value)}" for name, value in pairs.items())]))


def log_start() -> None:
    """Write one line on the server's settings as it starts."""
    log_event(
        "server_started",
        profile=os.environ.get(PROFILE) or PROFILES[0],
        executor=os.environ.get("CNNVIZ_EXECUTOR") or "local",
        megabytes=memory_left() / MEGABYTE,
    )


def current_page() -> str:
    """Return the name of the page that the running script is; "-" outside a script."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return "-"
    page = context.pages_manager.get_pages().get(context.page_script_hash)
    return "-" if page is None else page.get("url_pathname") or "home"


def log_failure(error: BaseException) -> None:
    """Write one line on an error of the program: its kind and where it came from."""
    log_event("page_failed", error=type(error).__name__, at=_places(error))
    if os.environ.get(DEBUG):
        _logger().info("%s", "".join(format_exception(error)))


def _format_value(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    said = str(value)
    return said if PLAIN.fullmatch(said) else "?"


def _places(error: BaseException) -> str:
    """Return the innermost places of our own code, as `cost.py:12/page.py:40`."""
    ours = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(PACKAGE)]
    return "/".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(ours[-PLACES:])) or "-"
