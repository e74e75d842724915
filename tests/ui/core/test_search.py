"""The search: one index of pages, sections, layers, terms and examples, each leading to what its title names."""

from collections import Counter
from urllib.parse import urlencode

import pytest

from cnnviz.text import LANGUAGES
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.core.search import search_entries
from tests.pages.opening import open_link


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_title_is_there_once_and_leads_to_a_page(language: str) -> None:
    entries = search_entries(language)
    assert max(Counter(entry.title for entry in entries).values()) == 1
    assert {entry.page for entry in entries} == set(PAGES)


def test_pages_sections_layers_terms_and_examples_are_found() -> None:
    found = {entry.title: entry for entry in search_entries("en")}
    assert (found["7.3 Padding and stride"].page, found["7.3 Padding and stride"].query) == (
        "operations",
        {"op": "padding"},
    )
    assert found["LeNet · conv2 · Convolution"].query == {"net": "lenet", "layer": "conv2"}
    assert any(entry.page == "help" and "感受野" in title for title, entry in found.items())
    assert any(entry.query.get("experiment") == "pooling" for entry in found.values())
    assert any(entry.query.get("padding.try") == "alexnet" for entry in found.values())


def test_sections_have_the_numbers_of_the_edition_of_the_language() -> None:
    assert any(entry.title.startswith("6.3 ") for entry in search_entries("zh-Hans"))


def test_a_layer_of_a_deep_network_stands_for_the_others_of_its_kind() -> None:
    layers = [entry.title for entry in search_entries("en") if entry.query.get("net") == "densenet"]
    assert 3 < len(layers) < 40


@pytest.mark.parametrize(
    "page", ["walkthrough", "operations", "compare", "saliency", "studio", "help", "architectures"]
)
def test_what_is_found_opens_without_a_note_about_its_link(page: str) -> None:
    entry = [entry for entry in search_entries("en") if entry.page == page and entry.query][-1]
    opened = open_link(page, **entry.query)
    assert not [note for note in opened.warning if "link" in note.value], urlencode(entry.query)
