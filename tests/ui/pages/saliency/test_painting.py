"""What is painted on an image, and its way through a link."""

import random

import pytest
import torch

from cnnviz.text import load
from cnnviz.ui.components.overlays import Stroke
from cnnviz.ui.pages.saliency import painting


def test_a_stroke_covers_its_square_along_its_whole_path_and_leaves_the_image_alone() -> None:
    image = torch.full((1, 8, 8), 0.5)
    result = painting.paint(image, [Stroke("white", 3, ((1, 1), (1, 4)))])
    assert torch.equal(result[0, 0:3, 0:6], torch.ones(3, 6))
    assert result.sum() == 18 + 0.5 * (64 - 18)
    assert torch.equal(image, torch.full((1, 8, 8), 0.5))


def test_a_brush_at_the_border_is_cut_off() -> None:
    assert painting.paint(torch.zeros(1, 4, 4), [Stroke("white", 5, ((0, 0),))]).sum() == 9


def test_erasing_paints_the_colour_of_the_border() -> None:
    image = torch.rand(3, 6, 6)
    ground = torch.tensor([0.25, 0.5, 0.75])
    image[:, 0], image[:, -1] = ground[:, None], ground[:, None]
    image[:, :, 0], image[:, :, -1] = ground[:, None], ground[:, None]
    assert torch.equal(painting.paint(image, [Stroke("erase", 1, ((3, 3),))])[:, 3, 3], ground)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_colour_of_the_brush_paints_on_every_image(channels: int) -> None:
    image = torch.rand(channels, 5, 5)
    for colour in painting.brush_colours(image, load("pages/saliency")):
        result = painting.paint(image, [Stroke(colour.name, 1, ((2, 2),))])
        assert 0 <= result[:, 2, 2].min() <= result[:, 2, 2].max() <= 1


def test_strokes_survive_the_way_through_a_link() -> None:
    draw = random.Random(0)
    for _ in range(50):
        path = [(20, 20)]
        for _ in range(draw.randrange(40)):
            path.append((path[-1][0] + draw.choice((-1, 0, 0, 1)), path[-1][1] + draw.choice((-1, 0, 1, 1))))
        stroke = Stroke(draw.choice(("erase", "white", "red")), draw.choice((1, 3, 5, 9)), tuple(path))
        (back,) = painting.parse_strokes(painting.format_strokes([stroke]))
        assert (back.tool, back.size) == (stroke.tool, stroke.size)
        once = [place for number, place in enumerate(path) if not number or place != path[number - 1]]
        assert painting.fill_path(back.path) == once
    assert painting.parse_strokes("") == []


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "erase",
        "erase.3",
        "erase.2.1.1",
        "erase.3.1",
        "purple.1.1.1",
        "erase.1.-1.2",
        "erase.1.99999.0",
        "_",
        "_".join(["erase.1.1.1"] * 41),
    ],
)
def test_a_link_that_describes_no_strokes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        painting.parse_strokes(text)
