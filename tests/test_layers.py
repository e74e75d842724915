"""The import map of the design: imports point down."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]

BELOW = {
    "errors": {"text"},
    "text": set(),
    "options": {"errors", "text"},
    "paths": {"errors"},
    "data": {"errors", "text", "paths", "options"},
    "zoo": {"errors", "text", "options", "ops", "accelerate"},
    "ops": {"errors", "text"},
    "module_copy": {"errors", "text"},
    "accelerate": {"errors", "text", "options", "ops", "module_copy"},
    "trace": {"errors", "text", "ops", "accelerate", "module_copy"},
    # zoo: its partial batch normalizations are operations of the table; trace: the graph up to a break
    "definitions": {"errors", "text", "ops", "accelerate", "zoo", "trace"},
    "train": {"errors", "text", "options", "ops", "data", "accelerate"},
    "attribution": {"errors", "text", "options", "ops", "accelerate", "module_copy"},
    "checkpoints": {"errors", "text", "zoo", "data"},
    # trace: the script that repeats a run holds its network's own source
    # definitions: a run may train a network of the user's own
    "runs": {
        *("errors", "text", "options", "paths", "zoo", "data", "trace", "definitions", "train", "checkpoints"),
        "accelerate",
    },
    "facts": {"errors", "text", "data", "zoo", "trace", "checkpoints"},
    # below the pages and the command line alone: facts and figures take records, and need no trained model
    "models": {
        *("errors", "text", "options", "paths", "ops", "data", "zoo", "trace", "definitions", "train"),
        *("checkpoints", "runs"),
    },
    "lessons": {
        *("errors", "text", "options", "ops", "data", "zoo", "trace", "train", "attribution", "checkpoints"),
        *("models", "facts", "module_copy"),
    },
    "figures": {"errors", "text", "trace", "facts", "train", "attribution"},
}
EVERYTHING_BELOW_UI = {*BELOW, "bench"}
BELOW["bench"] = set(BELOW)
BELOW["ui"] = EVERYTHING_BELOW_UI
BELOW["cli"] = EVERYTHING_BELOW_UI
BELOW["__main__"] = EVERYTHING_BELOW_UI | {"cli"}

FLOORS = ("core", "components", "inputs", "pages")
"""Of `cnnviz/ui`, from the ground up: a floor imports from itself and from those below it."""

FILES = sorted((ROOT / "cnnviz").rglob("*.py"))


@cache
def _statements(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """The import statements of a file, inside functions too."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]


def _imports(path: Path) -> set[str]:
    found = set()
    for node in _statements(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            whole = node.module == "cnnviz"
            found |= {f"cnnviz.{alias.name}" for alias in node.names} if whole else {node.module}
    return found


def _part(path: Path) -> str:
    return path.relative_to(ROOT / "cnnviz").parts[0].removesuffix(".py")


def test_imports_point_down() -> None:
    assert len(FILES) > 500
    for path in FILES:
        part = _part(path)
        if part != "__init__":
            own = {name.split(".")[1] for name in _imports(path) if name.startswith("cnnviz.")} - {part}
            assert own <= BELOW[part], path


UI = [path for path in FILES if _part(path) == "ui" and path != ROOT / "cnnviz" / "ui" / "__init__.py"]


def _ui_parts(path: Path) -> list[list[str]]:
    """What a file of `cnnviz/ui` imports from there: `["pages", "studio", ...]`."""
    return [name.split(".")[2:] for name in _imports(path) if name.startswith("cnnviz.ui.")]


def test_the_floors_of_the_ui_import_down_only() -> None:
    assert len(UI) > 200
    for path in UI:
        floor = path.relative_to(ROOT / "cnnviz" / "ui").parts[0].removesuffix(".py")
        assert {part[0] for part in _ui_parts(path)} <= set(FLOORS[: FLOORS.index(floor) + 1]), path


def test_no_page_imports_another_page() -> None:
    pages = [path for path in UI if path.is_relative_to(ROOT / "cnnviz" / "ui" / "pages")]
    assert len(pages) > 100
    for path in pages:
        page = path.relative_to(ROOT / "cnnviz" / "ui" / "pages").parts[0]
        assert {part[1] for part in _ui_parts(path) if part[0] == "pages"} <= {page}, path


def test_only_the_ui_imports_streamlit() -> None:
    users = [path for path in FILES if any(name.split(".")[0] == "streamlit" for name in _imports(path))]
    assert {_part(path) for path in users} == {"ui"}, users


def test_every_package_is_on_the_map() -> None:
    assert {_part(path) for path in FILES} - {"__init__"} <= set(BELOW)


def test_no_page_lies_directly_in_the_pages_folder() -> None:
    assert not list((ROOT / "pages").glob("*.py"))


def test_the_app_s_script_lies_beside_no_folder_of_pages() -> None:
    # Streamlit takes such a folder for pages of its old kind, and its first session finds no deep link
    script = re.search(r'st\.App\(\s*"([^"]+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
    assert script is not None
    assert (ROOT / script[1]).is_file()
    assert not (ROOT / script[1]).with_name("pages").exists()


def test_every_import_names_a_module_that_is_there() -> None:
    """Mypy takes a missing module for one without types."""
    for path in FILES:
        for node in _statements(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cnnviz."):
                module = ROOT.joinpath(*str(node.module).split("."))
                assert module.with_suffix(".py").is_file() or (module / "__init__.py").is_file(), (path, node.module)


def _table(title: str) -> dict[str, list[str]]:
    """The rows of a table of docs/architecture.md by the name in their first cell: the other cells."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in rows}


def test_the_architecture_page_shows_the_map() -> None:
    shown = _table("Packages")
    assert set(shown) == set(BELOW)
    for name, (_, imports) in shown.items():
        said = set(re.findall(r"`(\w+)`", imports))
        if imports.startswith("everything"):
            (last,) = said
            above = list(shown)[: list(shown).index(last) + 1]
            assert BELOW[name] == set(above), name
        elif name == "__main__":
            assert BELOW[name] == BELOW["cli"] | {"cli"}
        else:
            assert said == BELOW[name], name


def test_the_architecture_page_shows_the_floors_of_the_ui() -> None:
    shown = _table("The floors of `ui`")
    assert tuple(shown) == FLOORS
    for place, (_, imports) in enumerate(shown.values()):
        assert set(re.findall(r"`(\w+)`", imports)) == set(FLOORS[:place])


def test_the_records_of_the_architecture_page_exist() -> None:
    for path in _table("Records that travel"):
        module, _, name = path.rpartition(".")
        assert hasattr(import_module(module), name), path
