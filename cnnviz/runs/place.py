"""Where runs are kept."""

import os
from pathlib import Path

from platformdirs import user_data_path

from cnnviz.paths import user_path


def runs_folder() -> Path:
    """Return `$CNNVIZ_RUNS`, or `cnnviz/runs` in the user's data folder."""
    named = os.environ.get("CNNVIZ_RUNS")
    return user_path(named) if named else user_data_path("cnnviz", appauthor=False) / "runs"
