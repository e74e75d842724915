"""Guard against the run of a fragment that the browser asked for on a page which the user has left meanwhile.

A click on a link of the page closes an open popover too: the browser asks for the other page, then for the popover's
fragment as of the page before. Streamlit (1.67) runs that fragment, finds nothing to draw, and names the old page in
its answer, upon which the browser clears what it shows: an empty page. Where the two requests meet before the first has
begun, the one of the fragment takes its page along, and the click is lost.
"""

from inspect import signature
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType

_run: Any = getattr(ScriptRunner, "_run_script", None)
_request: Any = getattr(ScriptRequests, "_request_rerun_locked", None)


def install() -> None:
    """Leave out such runs in all sessions from now on; a release of Streamlit with other parts is left as it is."""
    if _run and [*signature(_run).parameters] == ["self", "rerun_data"]:
        ScriptRunner._run_script = run_of_shown_page  # type: ignore[method-assign]
    if _request and [*signature(_request).parameters] == ["self", "new_data"]:
        ScriptRequests._request_rerun_locked = request_of_same_page  # type: ignore[method-assign]


def run_of_shown_page(self: ScriptRunner, rerun_data: RerunData) -> None:
    """Run the script, or those of its fragments that are asked for unless they belong to another page."""
    shown = self._pages_manager.current_page_script_hash
    if not rerun_data.fragment_id_queue or rerun_data.page_script_hash in ("", shown):
        _run(self, rerun_data)


def request_of_same_page(self: ScriptRequests, new_data: RerunData) -> bool:
    """Take a request; one of a fragment does not change the page of a run that waits for its beginning."""
    waiting = self._rerun_data if self._state is ScriptRequestType.RERUN else None
    whole = waiting is not None and not waiting.fragment_id_queue and not waiting.is_fragment_scoped_rerun
    if waiting and whole and new_data.fragment_id and new_data.page_script_hash != waiting.page_script_hash:
        return True
    return bool(_request(self, new_data))
