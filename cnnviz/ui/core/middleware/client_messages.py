"""Messages of a browser that a shared server does not obey."""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from cnnviz.ui.core.middleware.environment import is_hosted


class ClientMessages:
    """An ASGI middleware that drops a user's request to clear the caches of all users."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything but such a message."""
        if scope["type"] != "websocket" or not is_hosted():
            await self.app(scope, receive, send)
            return

        async def receive_filtered() -> Message:
            while asks_to_clear_caches((message := await receive()).get("bytes")):
                pass
            return message

        await self.app(scope, receive_filtered, send)


def asks_to_clear_caches(data: bytes | None) -> bool:
    """Return whether a frame asks Streamlit to clear its caches.

    >>> asks_to_clear_caches(BackMsg(clear_cache=True).SerializeToString())
    True
    """
    if not data:
        return False
    try:
        return BackMsg.FromString(data).WhichOneof("type") == "clear_cache"
    except DecodeError:
        return False  # Streamlit closes such a connection
