"""The imports behind the first page."""

import threading
from pathlib import Path

import pytest

from cnnviz.ui.core import warm_up

MODULE = """
import threading, time
alone = not any(thread.name == "importing" for thread in threading.enumerate())
threading.current_thread().name = "importing"
time.sleep(0.05)
threading.current_thread().name = "done"
"""


def test_pages_that_are_opened_at_once_are_imported_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"page_of_{count}" for count in range(4)]
    for name in names:
        (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    threads = [threading.Thread(target=warm_up.wait, args=("Loading", name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(__import__(name).alone for name in names)
