"""The options of a tab: where they apply, and how a control holds them."""

from typing import Any

from cnnviz.options import Kind, Need, Option, Typed
from cnnviz.ui.core.url import Name
from cnnviz.ui.pages.operations.number_text import Numbers

TYPED = "numbers"
"""The choice of a source that lets the user's own numbers count."""


def where(name: str, *values: Any) -> tuple[Need, ...]:
    """Return the needs of an option that applies only while option `name` has one of `values`."""
    return (Need(name, values),)


def typed(name: str, depth: int, default: str, source: str) -> Option:
    """Return an option of numbers that the user types, where option `source` says so."""
    return Option(name, Numbers(depth), default, where(source, TYPED))


def source_of(option: Option) -> str:
    """Return the option that decides whether the numbers typed into `option` count; "" where they always do."""
    return next((need.other for need in option.needs if need.allowed == (TYPED,)), "")


def depth_of(option: Option) -> int:
    """Return the axes of the numbers that are typed into `option`; 0 where it takes none."""
    return option.kind.depth if isinstance(option.kind, Numbers) else 0


def held_kind(option: Option) -> Kind[Any]:
    """Return the kind of value that the control of `option` and a link hold.

    A line that is typed may be anything short enough: what is wrong with it is said on the page.
    """
    return Name("a line of text", longest=option.kind.longest) if isinstance(option.kind, Typed) else option.kind
