"""The trained networks by name, as their cards in the folder tell them, in the order of the recipes; loads no torch."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cnnviz.checkpoints.card import CARD, Card
from cnnviz.errors import UserError

FOLDER = Path(__file__).parents[2] / "checkpoints"
RECIPES = FOLDER / "recipes.toml"


@cache
def _cards(shipped: bool) -> Mapping[str, Card]:
    return MappingProxyType(
        {name: card for name, card in read_folder(FOLDER).items() if card.weights_path.exists() == shipped}
    )


class _Table(Mapping[str, Card]):
    """A mapping that reads its folder at its first use."""

    def __init__(self, shipped: bool) -> None:
        self.shipped = shipped

    def __getitem__(self, name: str) -> Card:
        return _cards(self.shipped)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_cards(self.shipped))

    def __len__(self) -> int:
        return len(_cards(self.shipped))


CHECKPOINTS: Mapping[str, Card] = _Table(shipped=True)
MEASURED: Mapping[str, Card] = _Table(shipped=False)
"""Cards of networks whose weights are too large to come with the project: numbers for the results alone."""


def read_folder(folder: Path) -> dict[str, Card]:
    """Return the cards of a folder by name, in the order of its recipes.

    Raises:
        UserError: `checkpoint_card`.
    """
    recipes = folder / "recipes.toml"
    order = list(tomllib.loads(recipes.read_text(encoding="utf-8"))) if recipes.exists() else []
    cards = [Card.read(path) for path in sorted(folder.glob(f"*{CARD}"))]
    cards.sort(key=lambda card: order.index(card.name) if card.name in order else len(order))
    return {card.name: card for card in cards}


def checkpoint(name: str) -> Card:
    """Return the card called `name`.

    Raises:
        UserError: `unknown_checkpoint`.
    """
    if name not in CHECKPOINTS:
        raise UserError("unknown_checkpoint", name=name, known=[*CHECKPOINTS])
    return CHECKPOINTS[name]


def checkpoints_of(architecture: str) -> tuple[Card, ...]:
    """Return the cards of one architecture; the first is its default."""
    return tuple(card for card in CHECKPOINTS.values() if card.architecture == architecture)
