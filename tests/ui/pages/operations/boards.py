"""Boards for the tests of the operations page: made from settings, and compared with what their own PyTorch gives."""

import torch

from cnnviz.ui.pages.operations.board import Board, Tab
from cnnviz.ui.pages.operations.table import TABS

PRESETS = [(tab.name, preset.name) for tab in TABS.values() for preset in tab.presets]


def board(tab: str, preset: str | None = None, **settings: object) -> Board:
    entry: Tab = TABS[tab]
    return entry.compute(entry.values(entry.preset(preset or entry.presets[0].name) | settings))


def said_by_torch(made: Board) -> torch.Tensor:
    """What the PyTorch that the page shows gives."""
    names = dict(made.given)
    exec(made.code, names)
    return names["y"].double()


def check(made: Board) -> None:
    torch.testing.assert_close(said_by_torch(made), made.result.double(), rtol=1e-4, atol=1e-4)


def output(tab: str, preset: str | None = None, grid: str = "output", **settings: object) -> list:
    return board(tab, preset, **settings).grid(grid).values.tolist()
