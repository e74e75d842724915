"""A schema: options in order, each with its kind, its default and the options that it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.options.kinds import Choice, Kind, OptionError, format_value

Value = str | int | float | bool | tuple[int, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """An option may differ from its default only where the option `other` is one of `allowed`."""

    other: str
    allowed: tuple[Any, ...]
    values: tuple[Any, ...] = ()
    """Where only some values need it: these."""

    def met(self, values: Values) -> bool:
        """Return True where `other` is one of `allowed`."""
        return values.get(self.other) in self.allowed


@dataclass(frozen=True, slots=True)
class Option:
    """One named value that can be chosen."""

    name: str
    kind: Kind[Any]
    default: Any
    needs: tuple[Need, ...] = ()

    @property
    def choices(self) -> tuple[Any, ...]:
        """Every value that it can take; empty where they are not listed."""
        return self.kind.choices if isinstance(self.kind, Choice) else ()

    def parse(self, value: Any, owner: str = "") -> Any:
        """Return `value`, or its text, as a legal value; `owner`, whose option it is, is named where it is none.

        Raises:
            OptionError: as the kind.
        """
        return self.kind.parse(value, _named(self.name, owner))

    def format(self, value: Any) -> str:
        """Return the text of `value`."""
        return self.kind.format(value)


def resolve(options: Iterable[Option], given: Values | None = None, owner: str = "") -> dict[str, Any]:
    """Return every option with its value, in the order of the schema: the given ones parsed, the others by default.

    Raises:
        OptionError: `option_unknown`, `option_conflict`, or as the kind.
    """
    schema, given = {option.name: option for option in options}, given or {}
    for name in given:
        if name not in schema:
            raise OptionError("option_unknown", option=_named(name, owner), known=[*schema] or "-")
    values = {
        name: option.parse(given[name], owner) if name in given else option.default for name, option in schema.items()
    }
    _check_needs(schema.values(), values)
    return values


def _check_needs(options: Iterable[Option], values: Values) -> None:
    for option in options:
        need = unmet(option, values)
        if need is not None:
            raise OptionError(
                "option_conflict",
                option=option.name,
                value=option.format(values[option.name]),
                other=need.other,
                other_value=format_value(values[need.other]),
                needed="|".join(map(format_value, need.allowed)),
            )


def unmet(option: Option, values: Values) -> Need | None:
    """Return the first need of `option` that its value has and the other values do not meet."""
    value = values[option.name]
    for need in option.needs:
        concerned = value in need.values if need.values else value != option.default
        if concerned and not need.met(values):
            return need
    return None


def applies(option: Option, values: Values) -> bool:
    """Return True where every need of `option` is met, so that its value counts."""
    return all(need.met(values) for need in option.needs)


def changed(options: Iterable[Option], values: Values) -> dict[str, Any]:
    """Return those of `values` that differ from the defaults, in the order of the schema."""
    return {
        option.name: values[option.name]
        for option in options
        if option.name in values and values[option.name] != option.default
    }


def _named(option: str, owner: str) -> str:
    return f"{owner}: {option}" if owner else option
