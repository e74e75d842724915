"""The unit that the user has pinned on a canvas, checked, because it comes from the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cnnviz.ui.core.component_value import is_index


@dataclass(frozen=True)
class Unit:
    """One value of a panel: row `y` and column `x` of `channel` (both 0 in a vector).

    In a filters panel `channel` is the filter and `input_channel` the channel that the kernel reads.
    """

    panel: str
    channel: int
    y: int = 0
    x: int = 0
    input_channel: int | None = None


@dataclass(frozen=True)
class CanvasResult:
    """The unit that the user has pinned, None where nothing is, or where it belongs to another layer."""

    pin: Unit | None = None


def parse_pin(state: Any, specs: Sequence[Mapping[str, Any]]) -> Unit | None:
    """Return the unit in the component's state if it exists in one of the panels `specs` of the header, else None."""
    if not isinstance(state, Mapping):
        return None
    spec = next((s for s in specs if s["name"] == state.get("panel") and s["kind"] != "image"), None)
    if spec is None:
        return None
    position: list[Any] = [state.get(axis) for axis in ("channel", "y", "x")]
    return _unit(spec, *position) if is_index(position, spec["shape"]) else None


def encode_pin(unit: Unit, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return `unit` with the browser's channel numbers: kernels of a filters panel one after another."""
    if spec["kind"] == "filters" and spec["matrix"]:
        return {"panel": unit.panel, "channel": 0, "y": unit.channel, "x": unit.input_channel or 0}
    pin = asdict(unit)
    if spec["kind"] == "filters":
        pin["channel"] = unit.channel * spec["inputs"] + (unit.input_channel or 0)
    del pin["input_channel"]
    return pin


def _unit(spec: Mapping[str, Any], channel: int, y: int, x: int) -> Unit:
    if spec["kind"] != "filters":
        return Unit(spec["name"], channel, y, x)
    if spec["matrix"]:
        return Unit(spec["name"], y, 0, 0, input_channel=x)
    return Unit(spec["name"], channel // spec["inputs"], y, x, input_channel=channel % spec["inputs"])
