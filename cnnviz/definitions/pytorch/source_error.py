"""The error of a place in a pasted text."""

import ast
from typing import Any

from cnnviz.errors import UserError


class SourceError(UserError):
    """A place in the text that cannot be read: its line and column count from 1."""

    def __init__(self, key: str, place: ast.AST | tuple[int, int], **values: Any) -> None:
        if isinstance(place, tuple):
            self.line, self.column = place
        else:
            self.line = getattr(place, "lineno", 1)
            self.column = getattr(place, "col_offset", 0) + 1
        super().__init__(key, line=self.line, column=self.column, **values)


def written(node: ast.AST) -> str:
    """Return a name or a chain of names as it is written, such as `torch.load`; "…" for what is more."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 8:
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "…")
    return ".".join(reversed(parts))[:80]
