"""Draw the grid of images on a page: one tab stop, arrow keys between the images, a click selects one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from cnnviz.ui.components.image_grid.image_sprite import ImageSprite
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value, is_whole_below

image_grid_component = component(
    "cnnviz_image_grid", "components/image_grid/js/main.js", "components/image_grid/image_grid.css"
)


@dataclass(frozen=True, slots=True)
class ImageTile:
    """One image of the grid; its pixels are those at its place in the sprite."""

    number: int
    label: str
    """The name of the button, which a screen reader reads."""
    lines: tuple[str, ...] = ()
    """Below the image."""


def draw_image_grid(
    tiles: Sequence[ImageTile],
    sprite: ImageSprite,
    *,
    key: str,
    label: str,
    chosen: int | None,
    on_image: Callable[[int], None],
    side: int = 56,
    row: bool = False,
) -> None:
    """Draw the images.

    Args:
        tiles: in the order of the sprite.
        sprite: their pixels.
        key: unique on the page.
        label: the name of the list.
        chosen: the number of the selected image; None where it is not among them.
        on_image: called before the next run with the number of the image that the user selected.
        side: CSS pixels of an image's longer side.
        row: one row, cut where it does not fit, instead of a grid.
    """
    numbers = {tile.number for tile in tiles}

    def selected() -> None:
        number = component_value(key, "image").get("number")
        if is_whole_below(number, 10**9) and number in numbers:
            on_image(number)

    data = {
        "tiles": [asdict(tile) for tile in tiles],
        "sprite": asdict(sprite),
        "chosen": chosen,
        "label": label,
        "side": side,
        "row": row,
    }
    image_grid_component(key=key, data=data, on_image_change=selected)
