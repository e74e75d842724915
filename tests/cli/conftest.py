import pytest


@pytest.fixture(autouse=True)
def ordinary_priority(monkeypatch):
    """Keep the process of the tests at its own priority, which it could not get back."""
    monkeypatch.setattr("cnnviz.cli.train_command.lower_priority", lambda: None)
