"""The bytes of uploads that stay on the server: bounded for each session and for all together."""

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from cnnviz.ui.core.middleware.environment import current_limits

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

MEGABYTE = 1_000_000
_UPLOADS = "/_stcore/upload_file/"


class UploadLimit:
    """An ASGI middleware that makes room for an upload, or refuses it, before its bytes are read.

    Streamlit takes a file of any session for any page, with or without an uploader, and keeps it until long after the
    session. Here a session's own oldest files make room for its new one; where all together are too many, files of
    sessions that have ended go first, then the oldest of those sessions that hold more than the one that asks.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._coming: Counter[str] = Counter()
        self._ended: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an upload for which there is no room; pass everything else on."""
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            self._forget_ended()
            asyncio.get_running_loop().call_later(_reconnect_seconds() + 1, self._forget_ended)
            return
        session = _session_of(scope)
        if session is None or not runtime.exists() or not runtime.get_instance().is_active_session(session):
            await self.app(scope, receive, send)
            return
        size = _declared_bytes(scope)
        if not self._make_room(session, size):
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        self._coming[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[session] -= size
            self._coming += Counter()  # drops what is zero

    def _make_room(self, session: str, size: int) -> bool:
        """Delete older files until `size` more bytes fit; return False where they cannot."""
        files, allowed = _files(), current_limits()
        most = allowed.session_upload_megabytes * MEGABYTE
        if self._coming[session] + size > most:
            return False
        while upload_bytes(files, session) + self._coming[session] + size > most:
            _delete_oldest(files, session)
        while self._total(files) + size > allowed.upload_megabytes * MEGABYTE:
            mine = upload_bytes(files, session) + self._coming[session] + size
            others = [other for other in list(files.file_storage) if other != session and upload_bytes(files, other)]
            ended = [other for other in others if not runtime.get_instance().is_active_session(other)]
            larger = [other for other in others if upload_bytes(files, other) > mine]
            if not ended and not larger:
                return False
            _delete_oldest(files, max(ended or larger, key=lambda other: upload_bytes(files, other)))
        return True

    def _total(self, files: "MemoryUploadedFileManager") -> int:
        return sum(upload_bytes(files, session) for session in list(files.file_storage)) + self._coming.total()

    def _forget_ended(self) -> None:
        """Delete the files of sessions that ended so long ago that no browser comes back to them."""
        if not runtime.exists():
            return
        files, here, now = _files(), runtime.get_instance(), time.monotonic()
        absent = [session for session in list(files.file_storage) if not here.is_active_session(session)]
        self._ended = {session: self._ended.get(session, now) for session in absent}
        for session, since in self._ended.items():
            if now - since >= _reconnect_seconds():
                files.remove_session_files(session)


def upload_bytes(files: "MemoryUploadedFileManager", session: str) -> int:
    """Return the bytes of the files that Streamlit keeps for a session."""
    return sum(len(file.data) for file in list(files.file_storage.get(session, {}).values()))


def _delete_oldest(files: "MemoryUploadedFileManager", session: str) -> None:
    files.remove_file(session, next(iter(files.file_storage[session])))


def _files() -> "MemoryUploadedFileManager":
    return runtime.get_instance().uploaded_file_mgr  # type: ignore[return-value]


def _reconnect_seconds() -> float:
    """Return the seconds in which a browser may come back to its session after a break in the connection."""
    return float(st.get_option("server.disconnectedSessionTTL"))


def _session_of(scope: Scope) -> str | None:
    """Return the session for which a request uploads a file; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    session, _, file = scope["path"].partition(_UPLOADS)[2].partition("/")
    return session if session and file else None


def _declared_bytes(scope: Scope) -> int:
    """Return the bytes that a request announces; those that Streamlit takes at most where it announces none."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else st.get_option("server.maxUploadSize") * 2**20
