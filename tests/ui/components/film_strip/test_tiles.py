"""The tiles of the film strip: every row once, open around the one that is shown, closed elsewhere."""

import numpy as np
import pytest
import torch

from cnnviz.trace import trace
from cnnviz.ui.components.diagram.diagram_facts import diagram_facts, layer_letter
from cnnviz.ui.components.film_strip.film_strip_view import pack
from cnnviz.ui.components.film_strip.thumbnails import thumbnail
from cnnviz.ui.components.film_strip.tiles import tiles
from cnnviz.zoo import ARCHITECTURES, build


def rows_of(name: str):
    return trace(build(name, device="meta"), ARCHITECTURES[name].input_shape(ARCHITECTURES[name].resolve({}))).layers


@pytest.fixture(scope="module", params=ARCHITECTURES)
def rows(request):
    return rows_of(request.param)


def test_every_row_stands_behind_one_tile_and_the_shown_one_has_its_own(rows) -> None:
    names = [row.name for row in rows]
    for shown in (names[0], names[len(names) // 2], names[-1]):
        found = tiles(rows, shown)
        assert sum(tile.rows for tile in found) == len(rows)
        assert [tile.first.name for tile in found if not tile.block].count(shown) == 1
        assert [names.index(tile.first.name) for tile in found] == sorted(
            names.index(tile.first.name) for tile in found
        )


def test_a_closed_block_shows_the_output_of_its_last_row() -> None:
    rows = rows_of("resnet")
    closed = next(tile for tile in tiles(rows, rows[0].name) if tile.block == "stage2")
    assert closed.last.name == [row.name for row in rows if row.block.startswith("stage2")][-1]
    assert closed.label == "stage2"


def test_the_strip_of_the_deepest_network_stays_short() -> None:
    rows = rows_of("densenet")
    assert max(len(tiles(rows, row.name)) for row in rows) <= 40


def test_a_thumbnail_is_the_first_maps_averaged_and_scaled_by_the_largest_magnitude() -> None:
    output = torch.linspace(-1, 3, 8 * 40 * 40).reshape(8, 40, 40)
    small = thumbnail(output)
    assert small.shape == (6, 20, 20)
    assert small.signed
    means = output[:6].reshape(6, 20, 2, 20, 2).mean((2, 4)).numpy()
    values = np.frombuffer(small.values, dtype=np.int8).reshape(6, 20, 20)
    assert np.abs(values / 127 * np.abs(means).max() - means).max() <= np.abs(means).max() / 127


def test_values_that_are_not_numbers_leave_the_picture_standing() -> None:
    assert len(thumbnail(torch.tensor([1.0, float("nan"), -2.0])).values) == 3
    assert not thumbnail(torch.zeros(4)).signed


def test_a_message_holds_the_pictures_one_after_the_other() -> None:
    blob = pack({"a": thumbnail(torch.ones(3)), "b": thumbnail(-torch.ones(2, 2, 2))})
    length = int.from_bytes(blob[:4], "little")
    assert len(blob) == 4 * -(-(4 + length) // 4) + 3 + 8


def test_a_tile_without_a_picture_has_the_letter_that_the_diagram_gives_its_layer() -> None:
    rows = rows_of("resnet")
    facts = diagram_facts(trace(build("resnet", device="meta"), (1, 224, 224)), "en")
    letters = {row["name"]: row["letter"] for row in facts["rows"]}
    assert all(layer_letter(row) == letters[row.name] and len(layer_letter(row)) == 1 for row in rows)
