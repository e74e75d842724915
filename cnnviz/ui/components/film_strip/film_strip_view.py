"""The film strip on a page: the tiles in one message, their pictures in another that a step does not send again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from cnnviz.text import Text, load
from cnnviz.ui.components.diagram.diagram_facts import layer_letter
from cnnviz.ui.components.film_strip.thumbnails import Thumbnail
from cnnviz.ui.components.film_strip.tiles import Tile
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_message import pack_message
from cnnviz.ui.core.component_value import component_value

film_strip_component = component(
    "cnnviz_film_strip", "components/film_strip/js/main.js", "components/film_strip/film_strip.css"
)
_pictures = component("cnnviz_film_strip_pictures", "components/film_strip/js/pictures.js")


def draw_film_strip(
    tiles: Sequence[Tile],
    shown: str,
    thumbnails: Mapping[str, Thumbnail],
    titles: Mapping[str, str],
    *,
    key: str,
    t: Text,
    on_select: Callable[[str], None],
) -> None:
    """Draw the tiles in one row that scrolls to the chosen one, in a container without gaps.

    Args:
        tiles: in order.
        shown: the name of the row on the screen.
        thumbnails: by row, where they are known; without one a tile shows the letter of its layer, as the
            diagram does.
        titles: the full name of each row in the user's language.
        key: unique on the page.
        t: any text of the page, for its language.
        on_select: called before the next run with the name of the row that was clicked.
    """
    words = load("film_strip", t.language)
    known = {tile.last.name: thumbnails[tile.last.name] for tile in tiles if tile.last.name in thumbnails}
    blob = pack(known)
    digest = hashlib.blake2b(blob, digest_size=8).hexdigest()
    data = {
        "language": t.language,
        "label": words("label"),
        "pictures": digest,
        "tiles": [
            {
                "name": tile.first.name,
                "picture": tile.last.name if tile.last.name in known else None,
                "label": tile.label,
                "small": words("rows", count=tile.rows) if tile.block else _shape(tile),
                "alt": words("block", name=tile.block, count=tile.rows, shape=_shape(tile))
                if tile.block
                else words("layer", name=titles.get(tile.first.name, tile.first.name), shape=_shape(tile)),
                "closed": bool(tile.block),
                "letter": layer_letter(tile.last),
                "shown": not tile.block and tile.first.name == shown,
            }
            for tile in tiles
        ],
    }

    def on_pick() -> None:
        name = component_value(key, "pick").get("layer")
        if name in [tile.first.name for tile in tiles]:
            on_select(name)

    _pictures(key=f"{key}-pictures", data=digest.encode() + blob)
    film_strip_component(key=key, data=data, on_pick_change=on_pick)


def pack(thumbnails: Mapping[str, Thumbnail]) -> bytes:
    """Return small pictures as one message."""
    header, start = {}, 0
    for name, picture in thumbnails.items():
        header[name] = {"shape": picture.shape, "signed": picture.signed, "start": start}
        start += len(picture.values)
    return pack_message(header, *(picture.values for picture in thumbnails.values()))


def _shape(tile: Tile) -> str:
    return "×".join(map(str, tile.last.shape))
