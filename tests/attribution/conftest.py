"""The small networks of these tests as fixtures."""

from importlib import util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def networks():
    """The module `networks.py` beside this file."""
    spec = util.spec_from_file_location("attribution_networks", Path(__file__).with_name("networks.py"))
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
