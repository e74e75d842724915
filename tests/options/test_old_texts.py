import tomllib
from pathlib import Path

import pytest

from cnnviz.attribution import METHODS
from cnnviz.options import Option
from cnnviz.train import SETTINGS
from cnnviz.ui.pages.operations.tab_options import held_kind
from cnnviz.ui.pages.operations.table import TABS
from cnnviz.zoo import ARCHITECTURES

TEXTS = tomllib.loads((Path(__file__).parent / "old_texts.toml").read_text(encoding="utf-8"))
"""What links, commands and stored settings held before options were declared in one way, by owner and option."""
OPTIONS: dict[str, Option] = {
    **{f"{entry.name}.{option.name}": option for entry in ARCHITECTURES.values() for option in entry.options},
    **{f"{entry.name}.{option.name}": option for entry in METHODS.values() for option in entry.options},
    **{f"set.{option.name}": option for option in SETTINGS.values()},
    **{f"{tab.name}.{option.name}": option for tab in TABS.values() for option in tab.settings},
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_old_text_is_parsed_and_written_the_same(name: str) -> None:
    option = OPTIONS[name]
    for text in TEXTS[name]:
        option.parse(text)
        kind = held_kind(option)
        assert kind.format(kind.parse(text)) == text
