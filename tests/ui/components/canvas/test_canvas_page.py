"""The canvas in AppTest, where no browser answers."""

from pathlib import Path

import pytest
from scenes import SCENES
from streamlit.testing.v1 import AppTest


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_runs_without_a_browser(scene):
    app = AppTest.from_file(str(Path(__file__).with_name("demo.py")), default_timeout=30)
    app.session_state["scene"] = scene
    assert not app.run().exception
