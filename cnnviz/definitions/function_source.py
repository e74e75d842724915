"""The Python expression of a function of the table."""

from __future__ import annotations

from typing import Any

from cnnviz.definitions.function_table import FOLLOWS_MODE
from cnnviz.definitions.record import Node

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}
_METHODS = frozenset({"contiguous", "expand_as", "squeeze", "unsqueeze", "transpose", "mean", "sum", "amax", "amin"})
_OF_TORCH = frozenset(
    {
        *("relu", "sigmoid", "tanh", "abs", "exp", "log", "sqrt", "rsqrt", "square", "neg", "erf", "sin", "cos"),
        *("softmax", "log_softmax", "clamp", "flatten", "maximum", "minimum"),
    }
)


def function_expression(node: Node, read: list[str], pieces: bool = False) -> str:
    """Return the expression of one call; `read` are the names of what it reads; with `pieces` it gives all of them.

    >>> function_expression(Node("add", (0, 1)), ["x1", "x2"])
    'x1 + x2'
    >>> function_expression(Node("view", (0,), (("sizes", ("n", -1)),)), ["x"])
    'x.view(x.shape[0], -1)'
    """
    given, x = dict(node.settings), read[0]
    match node.operation:
        case "add" | "sub" | "mul" | "div" | "pow" | "matmul":
            other = read[1] if len(read) > 1 else repr(given["other"])
            one, two = (other, x) if given.get("swapped") else (x, other)
            return f"{one} {_OPERATORS[node.operation]} {two}"
        case "cat" | "stack":
            return f"torch.{node.operation}(({', '.join(read)},), dim={given.get('dim', 0)})"
        case "view" | "reshape":
            sizes = ", ".join(f"{x}.shape[0]" if size == "n" else str(size) for size in given["sizes"])
            return f"{x}.{node.operation}({sizes})"
        case "permute":
            return f"{x}.permute({', '.join(map(str, given['dims']))})"
        case "chunk" | "split":
            parts = given["chunks" if node.operation == "chunk" else "sizes"]
            parts = list(parts) if isinstance(parts, tuple) else parts
            one = "" if pieces else f"[{given.get('index', 0)}]"
            return f"{x}.{node.operation}({parts}, dim={given.get('dim', 0)}){one}"
        case "getitem":
            return f"{x}[{', '.join(map(_index_part, given['index']))}]"
    rest = [f"{name}={_literal(name, value)}" for name, value in node.settings]
    if node.operation in _METHODS:
        return f"{x}.{node.operation}({', '.join([*read[1:], *rest])})"
    return f"{'torch' if node.operation in _OF_TORCH else 'F'}.{node.operation}({', '.join([*read, *rest])})"


def _literal(name: str, value: Any) -> str:
    return "self.training" if name == FOLLOWS_MODE and value is None else repr(value)


def _index_part(part: Any) -> str:
    if isinstance(part, tuple):
        start, stop, step = ("" if one is None else str(one) for one in part)
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return "..." if part == "..." else str(part)
