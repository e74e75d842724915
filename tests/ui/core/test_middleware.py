"""What stands between a browser and Streamlit's server, asked as an ASGI server asks it."""

from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from cnnviz.ui.core.middleware import ClientMessages, Security, UploadLimit
from cnnviz.ui.core.middleware.upload_limit import upload_bytes
from tests.asgi import run

MB = 1_000_000


@pytest.fixture(autouse=True)
def _a_shared_server(monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    monkeypatch.delenv("CNNVIZ_FRAME_ANCESTORS", raising=False)


def ask(layer, scope, app=None, messages=()):
    """What is sent back, and what the app behind the layer received."""
    sent, received, left = [], [], list(messages)

    async def behind(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            return
        while left:
            received.append(await receive())

    async def receive():
        return left.pop(0)

    async def send(message):
        sent.append(message)

    run(layer(app or behind)(scope, receive, send))
    return sent, received


def request(path="/", method="GET", **headers):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


def connection(**headers):
    return request(**headers) | {"type": "websocket"}


def policy():
    (start,), _ = ask(Security, request())
    return dict(start["headers"])[b"content-security-policy"].decode()


def test_every_answer_says_what_a_browser_may_do_with_it():
    (start,), _ = ask(Security, request("/media/x.png"))
    headers = dict(start["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"same-origin"
    assert "object-src 'none'" in policy()
    assert "unsafe-eval" not in policy()


def test_the_sites_that_may_frame_the_app_are_its_hosts_or_those_that_are_named(monkeypatch):
    assert policy().endswith(
        "frame-ancestors 'self' https://*.streamlit.app https://share.streamlit.io"
        " https://huggingface.co https://*.hf.space"
    )
    monkeypatch.setenv("CNNVIZ_FRAME_ANCESTORS", "https://moodle.example.edu; script-src *")
    assert policy().endswith("frame-ancestors 'self' https://moodle.example.edu script-src *")
    monkeypatch.setenv("CNNVIZ_FRAME_ANCESTORS", "")
    assert policy().endswith("frame-ancestors 'self'")
    monkeypatch.delenv("CNNVIZ_FRAME_ANCESTORS")
    monkeypatch.setenv("CNNVIZ_PROFILE", "local")
    assert policy().endswith("frame-ancestors 'self'")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/base/_stcore/metrics"])
def test_the_metrics_are_closed(path):
    (start, _), _ = ask(Security, request(path))
    assert start["status"] == 404


@pytest.mark.parametrize(
    ("origin", "host", "refused"),
    [
        ("http://127.0.0.1:9999", "127.0.0.1:8501", True),
        ("http://localhost:3000", "localhost:8501", True),
        ("http://localhost:8501", "127.0.0.1:8501", True),
        ("http://localhost:8501", "localhost:8501", False),
        ("http://[::1]:8501", "[::1]:8501", False),
        ("https://app.streamlit.app", "10.0.0.7:8501", False),  # Streamlit's own to judge
        ("", "localhost:8501", False),
    ],
)
def test_a_page_of_another_local_server_opens_no_session(origin, host, refused):
    hello = {"type": "websocket.connect"}
    sent, received = ask(Security, connection(host=host, **({"origin": origin} if origin else {})), messages=[hello])
    assert sent == ([{"type": "websocket.close", "code": 1008}] if refused else [])
    assert received == ([] if refused else [hello])


def test_a_visitor_of_a_shared_server_clears_no_caches(monkeypatch):
    def frame(**fields):
        return {"type": "websocket.receive", "bytes": BackMsg(**fields).SerializeToString()}

    hidden = frame(clear_cache=True)
    others = [frame(stop_script=True), {"type": "websocket.receive", "bytes": b"\xff\xff"}]
    messages = [hidden, others[0], frame(clear_cache=True), frame(clear_cache=False), others[1]]
    assert ask(ClientMessages, connection(), messages=messages)[1] == others
    monkeypatch.setenv("CNNVIZ_PROFILE", "local")
    assert ask(ClientMessages, connection(), messages=messages)[1] == messages


class Server:
    """Streamlit's runtime as the limit sees it: who is connected, and which files are kept."""

    def __init__(self, monkeypatch):
        self.uploaded_file_mgr = MemoryUploadedFileManager("/_stcore/upload_file")
        self.active = set()
        monkeypatch.setattr(runtime, "exists", lambda: True)
        monkeypatch.setattr(runtime, "get_instance", lambda: self)
        monkeypatch.setattr("streamlit.get_option", lambda name: {"server.maxUploadSize": 50}.get(name, 120))
        self.limit = UploadLimit(self.app)

    def is_active_session(self, session):
        return session in self.active

    async def app(self, scope, receive, send):
        if scope["type"] == "websocket":
            return
        session, file = scope["path"].split("/")[-2:]
        size = int(dict(scope["headers"]).get(b"content-length", 50 * 2**20))
        self.uploaded_file_mgr.add_file(session, UploadedFileRec(file, file, "", bytes(size)))
        await send({"type": "http.response.start", "status": 204})

    def upload(self, session, file, megabytes):
        self.active.add(session)
        path = f"/_stcore/upload_file/{session}/{file}"
        return ask(lambda app: self.limit, request(path, "PUT", content_length=str(megabytes * MB)))[0][0]["status"]

    def files(self, session):
        return list(self.uploaded_file_mgr.file_storage.get(session, {}))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("CNNVIZ_SESSION_UPLOAD_MB", "4")
    monkeypatch.setenv("CNNVIZ_UPLOAD_MB", "10")
    return Server(monkeypatch)


def test_a_sessions_oldest_uploads_make_room_for_its_new_ones(server):
    assert [server.upload("a", str(turn), 2) for turn in range(20)] == [204] * 20
    assert server.files("a") == ["18", "19"]
    assert server.upload("a", "large", 5) == 413
    assert server.files("a") == ["18", "19"]


def test_uploads_of_ended_sessions_go_first_then_those_of_the_largest_holders(server):
    for session in "abc":
        server.upload(session, "1", 3)
    server.active.remove("b")
    assert server.upload("d", "1", 2) == 204
    assert [server.files(session) for session in "abcd"] == [["1"], [], ["1"], ["1"]]
    assert server.upload("e", "1", 2) == 204
    assert server.upload("f", "1", 2) == 204  # "a" holds more
    assert [server.files(session) for session in "acdef"] == [[], ["1"], ["1"], ["1"], ["1"]]


def test_a_large_upload_takes_nothing_from_those_who_hold_less(server):
    for session in "abcde":
        server.upload(session, "1", 2)
    assert server.upload("f", "1", 3) == 413
    assert [upload_bytes(server.uploaded_file_mgr, session) for session in "abcde"] == [2 * MB] * 5


def test_an_upload_of_unknown_length_counts_as_the_largest_that_streamlit_takes(server):
    server.active.add("a")
    assert ask(lambda app: server.limit, request("/_stcore/upload_file/a/1", "PUT"))[0][0]["status"] == 413


def test_the_files_of_a_session_that_does_not_come_back_are_dropped(server, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("cnnviz.ui.core.middleware.upload_limit.time", SimpleNamespace(monotonic=lambda: now[0]))
    server.upload("a", "1", 1)
    server.upload("b", "1", 1)
    server.active.remove("a")
    ask(lambda app: server.limit, connection())
    now[0] = 119
    server.limit._forget_ended()
    assert server.files("a") == ["1"]
    now[0] = 121
    server.limit._forget_ended()
    assert (server.files("a"), server.files("b")) == ([], ["1"])
