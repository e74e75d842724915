"""The hosting guide, and the files that it hands out."""

import http
import http.server
import os
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit.config
import yaml
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websocket

from cnnviz.runs.limits import LIMITS
from cnnviz.ui.core import metrics

ROOT = Path(__file__).parents[1]
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("hosting.md", "gpu.md")}
GUIDE = PAGES["hosting.md"]
BLOCKS = [block for page in PAGES.values() for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)]
COMMANDS = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines() if line]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
NGINX = ROOT / "hosting" / "nginx.conf"
CLASSROOM = next(line for line in COMMANDS if "streamlit run" in line)

needs_nginx = pytest.mark.skipif(
    shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") is None, reason="needs nginx"
)


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE)).splitlines()
    return [(name, rest) for line in lines if line for name, _, rest in [line.partition(" ")]]


@pytest.mark.parametrize("block", BLOCKS)
def test_every_command_block_is_valid_shell(block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_variable_that_is_set_anywhere_is_one_of_the_readme_or_a_limit() -> None:
    told = [*PAGES.values(), DOCKERFILE, (ROOT / "compose.yaml").read_text(encoding="utf-8")]
    named = {name for text in told for name in re.findall(r"CNNVIZ_[A-Z0-9_]+", text)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "CNNVIZ_PROFILE" in named
    unknown = {name for name in named if name not in readme} - {limit.variable for limit in LIMITS.values()}
    assert unknown <= {"CNNVIZ_D2L_PYTHON"}, unknown  # of the benchmark alone


def test_every_option_of_streamlit_exists_and_every_file_named_in_a_command_is_there() -> None:
    options = {f"--{name}" for name in streamlit.config.get_config_options()}
    for command in COMMANDS:
        if "streamlit run" in command:
            given = set(re.findall(r"(--[\w.]+)", command.partition("streamlit run")[2]))
            assert given <= options
            assert (ROOT / "app.py").is_file()
        for name in re.findall(r"(?:-r |-c |cp )([\w./-]+)", command):
            assert (ROOT / name).is_file(), name
        if (module := re.search(r"python -m (tests[\w.]*|cnnviz)", command)) is not None:
            assert (ROOT / module[1].replace(".", "/")).with_suffix(".py").is_file() or (ROOT / module[1]).is_dir()


def test_every_option_of_ray_exists() -> None:
    pytest.importorskip("ray")
    from ray.scripts.scripts import start

    known = {option for parameter in start.params for option in parameter.opts}
    told = [*COMMANDS, *(str(service.get("command")) for service in COMPOSE["services"].values())]
    used = {
        option
        for text in told
        for part in re.findall(r"ray start ([^&|]*)", text)
        for option in re.findall(r"(--[\w-]+)", part)
    }
    assert used
    assert used <= known


@pytest.mark.parametrize("text", [GUIDE, PAGES["gpu.md"]], ids=["hosting", "gpu"])
def test_every_link_and_every_named_file_of_the_guide_is_there(text: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / "docs" / link).resolve().is_file(), link
    for name in re.findall(r"`((?:tests|hosting|cnnviz)/[\w./]+)`", text):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"`python -m (tests[\w.]+)", text):
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file(), module


def test_the_command_for_the_classroom_starts_a_server_that_answers(serve: Callable[..., str]) -> None:
    settings = dict(re.findall(r"(CNNVIZ_\w+)=(\S+)", CLASSROOM))
    assert settings["CNNVIZ_PROFILE"] == "hosted"
    with urllib.request.urlopen(serve(**settings) + "/healthz", timeout=10) as answer:
        assert answer.read() == b"ok\n"


def test_the_image_copies_what_is_there_and_starts_the_app_that_its_probe_asks() -> None:
    instructions = steps(DOCKERFILE)
    assert instructions[0] == ("FROM", "python:3.11-slim")
    known = {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert {name for name, _ in instructions} <= known
    for name, rest in instructions:
        if name == "COPY":
            assert all((ROOT / source).exists() for source in rest.split()[:-1])
    last = dict(instructions)
    assert last["USER"] == "cnnviz"
    assert yaml.safe_load(last["CMD"]) == ["streamlit", "run", "app.py"]
    assert any(f":8501/{path}" in last["HEALTHCHECK"] for path in metrics.PATHS)
    assert "STREAMLIT_SERVER_ADDRESS=0.0.0.0" in last["ENV"]
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "tests"} <= set(left_out)


def test_the_services_of_the_compose_file_agree_with_the_image_and_with_nginx() -> None:
    services: dict[str, dict[str, Any]] = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]
        build = service.get("build")
        if isinstance(build, dict):
            assert (ROOT / build["args"]["REQUIREMENTS"]).is_file()
            assert set(build["args"]) <= set(re.findall(r"^ARG (\w+)=", DOCKERFILE, re.MULTILINE))
    behind = re.findall(r"server (\w+):8501;", NGINX.read_text(encoding="utf-8"))
    assert sorted(behind) == sorted(name for name, one in services.items() if "streamlit run" in one.get("command", ""))
    alone = [name for name, service in services.items() if "profiles" not in service]
    assert alone == ["app"], "`docker compose up` starts one server"
    for command in COMMANDS:
        if (profile := re.search(r"--profile (\w+)", command)) is not None:
            assert any(profile[1] in service.get("profiles", ()) for service in services.values())


@needs_nginx
def test_nginx_keeps_a_browser_on_its_server_shares_browsers_out_and_passes_websockets(tmp_path: Path) -> None:
    with proxied(tmp_path) as address:
        answers = [[ask(address, cookie) for _ in range(3)] for cookie in map(str, range(12))]
        assert all(len(set(one)) == 1 for one in answers)
        assert {one[0] for one in answers} == {"app1", "app2"}
        assert len({ask(address, "") for _ in range(3)}) == 1, "before the cookie by address"
        with connect(f"ws://{address}/_stcore/stream", open_timeout=10) as socket:
            socket.send("hello")
            assert socket.recv(timeout=10) == "hello"


def ask(address: str, cookie: str) -> str:
    request = urllib.request.Request(f"http://{address}/", headers={"Cookie": f"_streamlit_xsrf={cookie}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


class proxied:  # noqa: N801
    """nginx with the configuration that the guide hands out, before two servers that tell their names."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.servers = folder, [answering(name) for name in ("app1", "app2")]

    def __enter__(self) -> str:
        text = NGINX.read_text(encoding="utf-8")
        for name, server in zip(("app1", "app2"), self.servers, strict=True):
            text = text.replace(f"{name}:8501", f"127.0.0.1:{server.socket.getsockname()[1]}")
        port = free_port()
        (self.folder / "site.conf").write_text(text.replace("listen 80;", f"listen 127.0.0.1:{port};"))
        places = "".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = f"pid {self.folder}/pid; daemon off; events {{}} http {{ access_log off; {places} include site.conf; }}"
        (self.folder / "nginx.conf").write_text(whole)
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        command = [program, "-p", str(self.folder), "-e", str(self.folder / "errors"), "-c", "nginx.conf"]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        self.nginx = subprocess.Popen(command)
        for _ in range(100):
            try:
                ask(f"127.0.0.1:{port}", "")
                break
            except OSError:
                threading.Event().wait(0.05)
        return f"127.0.0.1:{port}"

    def __exit__(self, *problem: object) -> None:
        self.nginx.terminate()
        self.nginx.wait(10)
        for server in self.servers:
            server.shutdown()


def answering(name: str) -> Any:
    """A server that answers a request with its name and a message of a WebSocket with the message."""

    def echo(socket: ServerConnection) -> None:
        for message in socket:
            socket.send(message)

    def tell(socket: ServerConnection, request: Any) -> Any:
        return None if "Upgrade" in request.headers else socket.respond(http.HTTPStatus.OK, name)

    server = serve_websocket(echo, "127.0.0.1", 0, process_request=tell)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def free_port() -> int:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        return int(server.server_address[1])
