"""A copy of the project to add a part to, the way CONTRIBUTING says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


class ProjectCopy:
    """The package `cnnviz` in a folder of its own, beside the trained networks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "cnnviz", folder / "cnnviz")  # with what is compiled, which holds for unchanged files
        (folder / "checkpoints").symlink_to(ROOT / "checkpoints")

    def write(self, path: str, text: str) -> None:
        """Create a file."""
        (self.folder / path).write_text(text, encoding="utf-8")

    def insert(self, path: str, before: str, text: str) -> None:
        """Insert `text` before the one place in a file that reads `before`."""
        file = self.folder / path
        source = file.read_text(encoding="utf-8")
        assert source.count(before) == 1, (path, before)
        file.write_text(source.replace(before, text + before), encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        """Add `text` at the end of a file."""
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments: str) -> str:
        """Run Python with `arguments` on the copy and return what it prints."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "CNNVIZ_LANG": "en"}
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environment, check=True, capture_output=True, text=True
        ).stdout
