"""The source of layers that torch does not have, with whatever of their own file they stand on."""

import ast
import inspect
import sys
import textwrap
from types import ModuleType
from typing import Any


def class_definitions(classes: list[type]) -> tuple[list[str], list[str]]:
    """Return the imports and definitions that make `classes` available in a file of their own."""
    imports: dict[str, None] = {}
    definitions: dict[str, str] = {}
    for each in classes:
        _collect_definitions(each, imports, definitions)
    return list(imports), list(definitions.values())


def _collect_definitions(item: Any, imports: dict[str, None], definitions: dict[str, str]) -> None:
    if item.__name__ in definitions:
        return
    source = textwrap.dedent(inspect.getsource(item)).rstrip()
    around = vars(sys.modules[item.__module__])
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Name) or node.id not in around or node.id == item.__name__:
            continue
        value = around[node.id]
        home = getattr(value, "__module__", "")
        if isinstance(value, ModuleType):
            parent, _, own = value.__name__.rpartition(".")
            if node.id != "torch":
                imports[f"from {parent} import {own}" if parent else f"import {own}"] = None
        elif home == item.__module__:
            _collect_definitions(value, imports, definitions)
        elif home:
            imports[f"from {'torch' if home == 'torch' else home} import {node.id}"] = None
    definitions[item.__name__] = source
