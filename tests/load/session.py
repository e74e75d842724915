"""A browser's session with a Streamlit server, without a browser: scripts are run over its WebSocket."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect


@dataclass
class Button:
    """A button on the page: how it is pressed."""

    id: str
    fragment: str
    disabled: bool


@dataclass
class Session:
    """One tab. Widgets keep what the server holds of them; the components of the browser do not answer."""

    address: str
    buttons: dict[str, Button] = field(default_factory=dict)
    """By key, those drawn since the page was opened."""
    errors: list[str] = field(default_factory=list)
    """Error sentences and exceptions that pages have shown."""
    progress: list[str] = field(default_factory=list)
    """Sentences of progress bars, such as a place in line."""
    elements: int = 0
    """Elements drawn by the last run."""
    refreshes: dict[str, float] = field(default_factory=dict)
    """Seconds between the runs of a part of the page by itself, by the part."""
    _page: str = ""
    _query: str = ""
    _connection: ClientConnection | None = None
    _cached: dict[str, ForwardMsg] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *problem: object) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def open(self, page: str, **query: str) -> None:
        """Open a link to a page, as one that is typed or scanned: in a new session; wait until it has been drawn."""
        if self._connection is not None:
            await self._connection.close()
            self._cached.clear()
        address = self.address.replace("http", "ws") + "/_stcore/stream"
        self._connection = await connect(address, max_size=None, subprotocols=["streamlit"], open_timeout=60)
        self._page, self._query = page, urlencode(query)
        await self._run()

    async def press(self, key: str) -> None:
        """Press a button, and wait until the page, or its part, has been drawn again."""
        button = self.buttons[key]
        await self._run(WidgetState(id=button.id, trigger_value=True), button.fragment)

    async def refresh(self) -> None:
        """Run the parts of the page that run by themselves, once."""
        for fragment in list(self.refreshes):
            await self._run(fragment=fragment, by_itself=True)

    async def _run(self, widget: WidgetState | None = None, fragment: str = "", by_itself: bool = False) -> None:
        assert self._connection is not None
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self._query, self._page
        state.fragment_id, state.is_auto_rerun = fragment, by_itself
        state.cached_message_hashes.extend(self._cached)
        state.context_info.locale = "en"
        if widget is not None:
            state.widget_states.widgets.append(widget)
        self.elements = 0
        await self._connection.send(message.SerializeToString())
        while True:
            data = await self._connection.recv()
            assert isinstance(data, bytes)
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "ref_hash":
                told = self._cached.get(told.ref_hash, told)
                kind = told.WhichOneof("type")
            elif told.metadata.cacheable and told.hash:
                self._cached[told.hash] = told
            if kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return
            self._take(kind or "", told)

    def _take(self, kind: str, told: ForwardMsg) -> None:
        if kind == "new_session" and not told.metadata.run.fragment_ids:
            self.buttons.clear()
            self.refreshes.clear()
        elif kind == "page_info_changed":
            self._query = told.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.refreshes[told.auto_rerun.fragment_id] = told.auto_rerun.interval
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            self.elements += 1
            element = told.delta.new_element
            what = element.WhichOneof("type")
            if what == "button":
                key = element.button.id.split("-", 2)[-1]
                self.buttons[key] = Button(element.button.id, told.delta.fragment_id, element.button.disabled)
            elif what == "progress":
                self.progress.append(element.progress.text)
            elif what == "exception":
                self.errors.append(f"{element.exception.type}: {element.exception.message}")
            elif what == "alert" and element.alert.format == element.alert.ERROR:
                self.errors.append(element.alert.body)
