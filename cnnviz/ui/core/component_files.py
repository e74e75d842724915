"""Components of the browser as files: ES modules and style sheets that the app's server serves itself.

    board = component("cnnviz_board", "pages/operations/js/main.js", "pages/operations/board.css")  # once, at import

    preload(board)                                         # a page that computes first: fetched meanwhile
    board(key="board", data=facts, on_edit_change=edited)  # as a component of st.components.v2 is drawn

Streamlit sends the code of a component in each message that draws it, or serves the files of an installed package
without a lifetime or a validator, so that a browser fetches each of them again in each load (1.67). Here a message
holds the few lines of `component_loader.js`, which import the module by its address. The address begins with a digest
of all files: browsers keep them for good, a new release has other addresses, and relative imports stay inside one.
Addresses are relative to the page, as Streamlit's own are, so that they hold below any `server.baseUrlPath`.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cnnviz.ui.core.base_path import below_base

_UI = Path(__file__).parents[1]
FILES = {
    path.relative_to(_UI).as_posix(): path.read_bytes()
    for path in sorted(_UI.rglob("*"))
    if path.suffix in (".js", ".css")
}
"""Everything that is served: the content of each script and style sheet by its path below `cnnviz/ui`."""
FOLDER = "component-files"
"""The first part of the addresses."""
SHARED = "components/shared"
"""The modules that several components import."""
_TYPES = {".js": "text/javascript", ".css": "text/css"}  # the system's own table may hold others
_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


def _digest() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path, content in FILES.items():
        digest.update(f"{path} {len(content)} ".encode() + content)
    return digest.hexdigest()


DIGEST = _digest()
"""Of all files and their paths, 32 hexadecimal digits."""


def _inline(name: str, **constants: object) -> str:
    """Return the script `core/<name>.js` with `constants` in place of its leading comment, to send in a message."""
    lines = [f"const {key} = {json.dumps(value)};\n" for key, value in constants.items()]
    return "".join(lines) + re.sub(r"\A(//.*\n)+", "", FILES[f"core/{name}.js"].decode())


_BASE = f"{FOLDER}/{DIGEST}/"
_preload = st.components.v2.component(
    "cnnviz_preload", js=_inline("component_preload", FILES=_BASE), isolate_styles=False
)


@dataclass(frozen=True)
class Component:
    """A component of the browser: called like one of `st.components.v2`."""

    script: str
    """The path of its module below `cnnviz/ui`; its default export is called for each run of the script."""
    styles: tuple[str, ...]
    """The paths of its style sheets; with any, it is drawn in a shadow root."""
    draw: Callable[..., Any]

    def __call__(self, **mounting: Any) -> Any:
        """Draw it; `key`, `data` and `on_<event>_change` as Streamlit has them."""
        return self.draw(**mounting)


def component(name: str, script: str, *styles: str) -> Component:
    """Register the component of module `script` under `name`, with its style sheets."""
    unknown = {script, *styles} - FILES.keys()
    if unknown:
        raise ValueError(f"no such files below cnnviz/ui: {sorted(unknown)}")
    loader = _inline("component_loader", FILES=_BASE, SCRIPT=script, STYLES=styles)
    return Component(script, styles, st.components.v2.component(name, js=loader, isolate_styles=bool(styles)))


def preload(*components: Component) -> None:
    """Have the browser fetch the files of `components`, and those that they share, while the page goes on."""
    folders = {str(PurePosixPath(each.script).parent) for each in components} | {SHARED}
    scripts = [path for path in FILES if str(PurePosixPath(path).parent) in folders]
    _preload(key="preload", data=sorted({*scripts, *(sheet for each in components for sheet in each.styles)}))


def routes() -> list[Route]:
    """Return the route of the files, for `st.App`."""
    return [Route(below_base(f"{FOLDER}/{{digest}}/{{path:path}}"), _answer)]


def _answer(request: Request) -> Response:
    """Return a file; nothing of another release, whose modules would import those of this one."""
    path = request.path_params["path"]
    if request.path_params["digest"] != DIGEST or path not in FILES:
        return Response(status_code=404, headers={"cache-control": "no-store"})
    return Response(FILES[path], media_type=_TYPES[PurePosixPath(path).suffix], headers=_FOREVER)
