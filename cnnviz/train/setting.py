"""One setting of a training: what it may be, and how its written form is read."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from cnnviz.errors import UserError

Kind = Literal["whole", "real", "choice", "choices", "flag", "changes"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A name, a default and what is allowed: a range of numbers, choices, yes or no, or changes by hand."""

    name: str
    kind: Kind
    default: Any
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def read(self, value: Any) -> Any:
        """`value`, or its written form (`"crop,flip"`, `"true"`, `"120:0.1"`), checked.

        Raises:
            UserError: `train_<kind>`.
        """
        match self.kind:
            case "whole" | "real":
                return self._number(value)
            case "choice":
                if value in self.choices:
                    return value
                raise UserError("train_choice", setting=self.name, got=value, choices=[*self.choices])
            case "choices":
                return self._several(value)
            case "flag":
                return self._flag(value)
            case "changes":
                return self._changes(value)

    def write(self, value: Any) -> str:
        """`value` as a person types it, so that `read` gives it back."""
        match self.kind:
            case "choices":
                return ",".join(value)
            case "flag":
                return str(value).lower()
            case "changes":
                return ",".join(f"{step}:{rate!r}" for step, rate in value)
            case _:
                return str(value)

    def _number(self, value: Any) -> int | float:
        number = _to_number(value)
        whole = self.kind == "whole"
        if number is None or not self.low <= number <= self.high or (whole and number != int(number)):
            raise UserError(
                f"train_{self.kind}", setting=self.name, low=f"{self.low:.12g}", high=f"{self.high:.12g}", got=value
            )
        return int(number) if whole else number

    def _several(self, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        names = [str(part).strip() for part in (parts if isinstance(parts, list | tuple) else [value])]
        chosen = [name for name in names if name not in ("", "none")]
        if any(name not in self.choices for name in chosen):
            raise UserError("train_choices", setting=self.name, got=",".join(names), choices=[*self.choices])
        return tuple(name for name in self.choices if name in chosen)

    def _flag(self, value: Any) -> bool:
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise UserError("train_flag", setting=self.name, got=value)
        return known[str(value).lower()]

    def _changes(self, value: Any) -> tuple[tuple[int, float], ...]:
        try:
            written = isinstance(value, str) and value
            pairs = [part.split(":") for part in value.split(",")] if written else value
            changes = tuple((int(step), float(rate)) for step, rate in pairs)
        except (TypeError, ValueError):
            changes = ((-1, 0.0),)
        steps = [step for step, _ in changes]
        legal = all(step >= 0 and self.low <= rate <= self.high for step, rate in changes)
        if not legal or steps != sorted(set(steps)):
            raise UserError(
                "train_changes", setting=self.name, low=f"{self.low:.12g}", high=f"{self.high:.12g}", got=value
            )
        return changes


def _to_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
