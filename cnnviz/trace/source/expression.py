"""Code as values: a call with its arguments, and rows of calls written as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LINE_LENGTH = 100
"""Characters of a line."""


@dataclass(frozen=True, slots=True)
class ParameterName:
    """A parameter of a class or function, where a value would stand."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class CallExpression:
    """`callee(*positional, **keywords)`, or a `nn.Sequential` of `items`."""

    callee: str
    arguments: tuple[tuple[str, Any], ...] = ()
    """("", value) for one that stands by its place."""
    items: tuple["CallExpression", ...] | None = None
    comment: str = ""
    """The shape it gives; for a `nn.Sequential` its name."""

    def __str__(self) -> str:
        written = (f"{name}={value!r}" if name else repr(value) for name, value in self.arguments)
        return f"{self.callee}({', '.join(written)})"


def format_lines(call: CallExpression, indent: int = 0, before: str = "", after: str = "") -> list[str]:
    """Return the lines of `call`, a `nn.Sequential` with one layer a line and the shape that each gives."""
    pad = " " * indent
    if call.items is None:
        return [_commented(f"{pad}{before}{call}{after}", call.comment)]
    found = [_commented(f"{pad}{before}{call.callee}(", call.comment)]
    for run in _runs(call.items):
        if len(run) < 3:
            for item in run:
                found += format_lines(item, indent + 4, after=",")
        else:
            found.append(_commented(f"{pad}    *({_repeated(run)}),", run[-1].comment))
    return [*found, f"{pad}){after}"]


def _commented(line: str, comment: str) -> str:
    return f"{line}  # {comment}" if comment and len(line) + len(comment) + 4 <= LINE_LENGTH + 10 else line


def _runs(items: Sequence[CallExpression]) -> list[list[CallExpression]]:
    """Return neighbours that are the same call, or whose numbers grow by equal steps."""
    runs: list[list[CallExpression]] = []
    for item in items:
        if runs and _continues(runs[-1], item):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _continues(run: list[CallExpression], item: CallExpression) -> bool:
    first, last = run[0], run[-1]
    if item.items is not None or first.items is not None or not item.arguments:
        return False
    if (first.callee, [name for name, _ in first.arguments]) != (
        item.callee,
        [name for name, _ in item.arguments],
    ):
        return False
    steps = _steps(last, item)
    return steps is not None and (len(run) == 1 or steps == _steps(run[-2], last))


def _steps(one: CallExpression, other: CallExpression) -> list[int] | None:
    found = []
    for (_, a), (_, b) in zip(one.arguments, other.arguments, strict=True):
        if a == b:
            found.append(0)
        elif type(a) is int and type(b) is int:
            found.append(b - a)
        else:
            return None
    return found if sum(step != 0 for step in found) < 2 else None


def _repeated(run: list[CallExpression]) -> str:
    steps = _steps(run[0], run[1]) or []
    varied = tuple(
        (name, ParameterName(f"{value} + {step} * i") if step else value)
        for (name, value), step in zip(run[0].arguments, steps, strict=True)
    )
    counter = "i" if any(steps) else "_"
    return f"{CallExpression(run[0].callee, varied)} for {counter} in range({len(run)})"
