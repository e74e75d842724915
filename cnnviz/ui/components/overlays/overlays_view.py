"""Draw the overlays on a page: one message holds all of them, so that no part waits for another."""

from collections.abc import Callable, Sequence

from cnnviz.text import Text, load
from cnnviz.ui.components.overlays.overlay_panels import BrushColour, Overlay, Stroke
from cnnviz.ui.components.overlays.overlays_payload import pack, parse_stroke
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value

overlays_component = component(
    "cnnviz_overlays",
    "components/overlays/js/main.js",
    "components/canvas/canvas.css",
    "components/overlays/overlays.css",
)
room_component = component(
    "cnnviz_overlay_room",
    "components/overlays/js/room.js",
    "components/canvas/canvas.css",
    "components/overlays/overlays.css",
)


def overlays(
    panels: Sequence[Overlay],
    *,
    key: str,
    t: Text,
    ends: tuple[str, str] = ("", ""),
    shares: bool = False,
    brush: Sequence[BrushColour] = (),
    strokes: int = 0,
    on_stroke: Callable[[Stroke], None] | None = None,
    link: str = "",
    main: str = "",
    room: str = "",
) -> None:
    """Draw `panels` side by side with one cursor; a change of the display is no run of the script.

    Args:
        panels: an image alone, and maps over theirs; a stroke is painted on the image of the first one.
        key: unique on the page. While it stays the same the user keeps scale, clipping and strength.
        t: any text of the page; its language is the component's.
        ends: what the lowest and the highest colour of a signed scale say.
        shares: compare shares of each map's total at first, not its numbers: for maps of different units.
        brush: what the user may paint with; nothing, no brush.
        strokes: how many have been painted; offers to take them back.
        on_stroke: called before the next run with each stroke.
        link: the name under which the page's address holds the display; "" for none.
        main: the panel that is drawn large, with the brush right below it; "" draws all of one size.
        room: the name of an `overlay_room` elsewhere on the page in which the other panels are drawn, small.

    Raises:
        ValueError: two panels of one name, or a tensor of a shape that cannot be drawn.
    """
    words = load("overlays", t.language)
    header = {
        "language": t.language,
        "words": dict(zip(words.keys(), map(words, words.keys()), strict=True)),
        "ends": ends,
        "range": "share" if shares else "numbers",
        "link": link,
        "main": main,
        "room": room,
        "brush": {
            "colours": [{"name": colour.name, "label": colour.label, "rgb": colour.rgb} for colour in brush],
            "count": strokes,
        }
        if brush
        else None,
    }

    shape = tuple(panels[0].image.shape)

    def painted() -> None:
        stroke = parse_stroke(component_value(key, "stroke"), brush, shape)
        if stroke is not None and on_stroke is not None:
            on_stroke(stroke)

    overlays_component(key=key, data=pack(panels, header), on_stroke_change=painted)


def overlay_room(name: str) -> None:
    """Draw the place where the panels of overlays appear that name it as their `room`."""
    room_component(key=f"room.{name}", data=name)
