"""Files that are whole at any moment: written beside their place, brought to the disk, then put in place."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError


def replace_file(path: Path, write: Callable[[Path], Any], durable: bool = True) -> None:
    """Put what `write(path)` writes in the place of `path`; whoever reads sees the old file or the new one.

    With `durable` also after a power cut.

    Raises:
        UserError: `run_disk`; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside)
        if durable:
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
        beside.replace(path)
        if durable:
            sync_folder(path.parent)
    except Exception as error:
        beside.unlink(missing_ok=True)  # gives its space back
        raise UserError("run_disk", path=path, why=error_reason(error)) from error


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, as `replace_file` does.

    Raises:
        UserError: `run_disk`.
    """
    replace_file(path, lambda beside: beside.write_text(text, encoding="utf-8"))


def replace_json(path: Path, value: Any) -> None:
    """Put a JSON document in the place of a file, as `replace_file` does.

    Raises:
        UserError: `run_disk`.
    """
    replace_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        UserError: `run_damaged` where it is not there, or is none.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError("run_damaged", path=path, why=error_reason(error)) from error
    if not isinstance(value, dict):
        raise UserError("run_damaged", path=path, why=type(value).__name__)
    return value


def error_reason(error: BaseException) -> str:
    """Return the first line of what an error says, as part of a sentence."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).splitlines()[0].rstrip(".")


def sync_folder(path: Path) -> None:
    """Bring a folder's list of names to the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
