"""The table of operations: whatever a definition may name, and nothing else."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnnviz.definitions.function_table import FUNCTIONS
from cnnviz.definitions.layer_table import LAYERS
from cnnviz.definitions.operation_record import DefinedOperation
from cnnviz.errors import UserError

OPERATION_TABLE: Mapping[str, DefinedOperation] = MappingProxyType(
    {operation.name: operation for operation in (*LAYERS, *FUNCTIONS)}
)
"""By name: layers as torch.nn calls their classes, functions as torch calls them."""
LAYER_NAMES = tuple(operation.name for operation in LAYERS)
FUNCTION_NAMES = tuple(operation.name for operation in FUNCTIONS)


def find_operation(name: object) -> DefinedOperation:
    """Return an operation of the table.

    Raises:
        UserError: `definition_operation`.
    """
    found = OPERATION_TABLE.get(name) if isinstance(name, str) else None
    if found is None:
        raise UserError("definition_operation", name=str(name)[:60])
    return found


def checked_settings(operation: DefinedOperation, given: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return the settings in their one form: in the operation's order, those that are its defaults left out.

    Raises:
        UserError: `definition_setting`, `definition_setting_missing` or `definition_setting_value`.
    """
    unknown = [name for name in given if operation.rule(name) is None]
    if unknown:
        raise UserError(
            "definition_setting", layer=operation.name, name=str(unknown[0])[:60], known=list(operation.setting_names)
        )
    found = []
    for rule in operation.settings:
        if rule.name not in given:
            if rule.required:
                raise UserError("definition_setting_missing", layer=operation.name, name=rule.name)
            continue
        value = given[rule.name]
        if not rule.required and value is rule.default:
            continue
        try:
            value = rule.check(value)
        except (ValueError, TypeError) as error:
            got = repr(value) if isinstance(value, int | float | str | tuple | list | bool | None) else "?"
            raise UserError("definition_setting_value", layer=operation.name, name=rule.name, got=got[:60]) from error
        if rule.required or value != rule.default or type(value) is not type(rule.default):
            found.append((rule.name, value))
    return tuple(found)
