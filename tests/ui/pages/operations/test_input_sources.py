"""Where a tab's numbers come from: typed, random, or of a picture, and typed over on the board in each case."""

import pytest
import torch

from cnnviz.errors import UserError
from cnnviz.ui.pages.operations.editing import edited_settings, fitting_settings
from cnnviz.ui.pages.operations.table import TABS
from tests.ui.pages.operations.boards import board, check

SOURCES = [(tab, source) for tab in TABS for source in ("random", "image")]


@pytest.mark.parametrize(("tab", "source"), SOURCES)
def test_every_tab_takes_random_numbers_and_a_real_image_at_once(tab: str, source: str) -> None:
    entry = TABS[tab]
    held = entry.preset("worked") | {"from": source}
    if tab == "padding":
        held["size"] = "16"
    held |= fitting_settings(entry, held, "from")
    check(entry.compute(entry.values(held)))


@pytest.mark.parametrize(("tab", "source"), [*SOURCES, *((tab, "numbers") for tab in TABS)])
def test_a_number_typed_over_stands_alone_changed_and_becomes_the_readers_own(tab: str, source: str) -> None:
    entry = TABS[tab]
    held = entry.preset("worked") | {"from": source}
    if tab == "padding":
        held["size"] = "16"
    held |= fitting_settings(entry, held, "from")
    made = entry.compute(entry.values(held))
    grids = [grid for grid in made.grids if grid.edits]
    assert grids
    for grid in grids:
        place = grid.values.numel() // 2
        changed = edited_settings(entry, made, held, grid, place, 7.25)
        again = entry.compute(entry.values(held | changed))
        expected = grid.values.flatten().clone()
        expected[place] = 7.25
        assert torch.equal(again.grid(grid.name).values.flatten(), expected)
        if grid is made.grids[0]:
            assert changed["from"] == "numbers"
        check(again)


def test_a_picture_too_large_to_write_down_is_not_typed_over() -> None:
    assert board("correlation", "photo").grid("input").edits == ""
    assert board("correlation", "photo", size="28").grid("input").edits == "x"


def test_weights_follow_a_new_source_only_where_they_no_longer_fit() -> None:
    entry = TABS["dense"]
    typed = entry.preset("worked")
    assert fitting_settings(entry, typed, "from") == {}
    assert fitting_settings(entry, typed | {"from": "random", "size": "2"}, "from") == {}
    assert fitting_settings(entry, typed | {"from": "image"}, "from") == {"weights_from": "random"}
    assert fitting_settings(entry, typed | {"x": "1 two"}, "from") == {}


@pytest.mark.parametrize(
    ("tab", "settings", "key"),
    [
        ("correlation", {"x": "1 2 / 3"}, "operations_ragged"),
        ("correlation", {"x": "1 two"}, "operations_number"),
        ("correlation", {"x": "  "}, "operations_empty"),
        ("correlation", {"x": "1 | 2"}, "operations_deep"),
        ("correlation", {"x": "1e999"}, "operations_number"),
        ("correlation", {"x": " ".join(["1"] * 1025)}, "operations_many"),
        ("correlation", {"bias": "1 2"}, "operations_shape"),
        ("correlation", {"kernel": "1 2 3 4"}, "op_window_too_large"),
        ("padding", {"stride": "x"}, "option_list"),
        ("padding", {"stride": "1,2,3"}, "option_list"),
        ("padding", {"padding": "same"}, "op_same_stride"),
        ("padding", {"mode": "reflect", "padding": "3"}, "op_reflect"),
        ("padding", {"mode": "circular", "padding": "4"}, "op_circular"),
        ("channels", {"groups": 3}, "op_groups"),
        ("channels", {"kernel": "1"}, "op_channels"),
        ("learned", {"start": "0"}, "operations_shape"),
        ("learned", {"rate": 1.0, "step": 50}, "operations_loss_grows"),
        ("pooling", {"pad": "2"}, "op_pool_padding"),
        ("transposed", {"output_padding": "1"}, "op_output_padding"),
        ("batch_norm", {"batches": "1 2"}, "operations_one_value"),
        ("dense", {"target": 5}, "operations_shape"),
        ("dense", {"weight": "1 2"}, "operations_shape"),
        ("join", {"b": "1"}, "operations_shape"),
        ("gate", {"reduce": "1"}, "operations_shape"),
        ("separable", {"pointwise": "1"}, "operations_shape"),
        ("activation", {"from": "image", "size": "256"}, "operations_large"),
        ("matrix", {"from": "random", "size": "99"}, "operations_large"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(tab: str, settings: dict, key: str) -> None:
    with pytest.raises(UserError) as refused:
        board(tab, None, **settings)
    assert refused.value.key == key
    assert all(refused.value.describe(language) for language in ("en", "zh-Hans", "zh-Hant"))
