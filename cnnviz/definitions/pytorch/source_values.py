"""The values that a text can make: numbers and lists are Python's own, everything else is one of these records."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Origin = tuple[int, int, int, int]
"""Where a literal stands: line and column of its first character and of the one behind it, as `ast` counts."""


class SourceInt(int):
    """A whole number that remembers the literal it was written as."""

    origin: Origin


class SourceFloat(float):
    """A number that remembers the literal it was written as."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class DottedName:
    """A name of torch or of another library: a text and nothing behind it."""

    path: str

    def of(self, name: str) -> DottedName:
        """Return a name inside it."""
        return DottedName(f"{self.path}.{name}")


@dataclass(frozen=True, slots=True)
class BuiltinName:
    """A function of Python itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A value that has one meaning and no number."""

    name: str


BATCH = Marker("batch")
"""The number of images, which a definition leaves open."""
TRAINING = Marker("training")
"""`self.training`: False where the structure depends on it, the mode of the network for a dropout."""
IGNORED = Marker("ignored")
"""A value that no structure depends on: initial weights, devices, what `print` gives."""


@dataclass(frozen=True, slots=True)
class UnreadValue:
    """A value that could not be read, and why; asking for it raises."""

    error: Exception


@dataclass(eq=False, slots=True)
class TensorRef:
    """A tensor of the forward pass; what works in place lets it stand for another node."""

    index: int


@dataclass(eq=False, slots=True)
class ReadLayer:
    """A layer of the table, as the text makes it."""

    operation: str
    settings: dict[str, Any]
    line: int
    in_place: bool = False
    origins: dict[str, Origin] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    """The lines of the calls that made it, the outermost first."""


@dataclass(eq=False, slots=True)
class ReadContainer:
    """A `Sequential`, `ModuleList` or `ModuleDict`."""

    kind: str
    parts: dict[str, Any] = field(default_factory=dict)

    def append(self, part: Any) -> None:
        """Add a part behind the others."""
        number = len(self.parts)
        while str(number) in self.parts:
            number += 1
        self.parts[str(number)] = part


@dataclass(eq=False, slots=True)
class ReadClass:
    """A class of the text."""

    name: str
    bases: tuple[Any, ...]
    names: dict[str, Any]
    """Its functions and constants."""
    node: ast.ClassDef

    @property
    def order(self) -> list[Any]:
        """The class itself and what it derives from, the nearest first."""
        found: list[Any] = [self]
        for base in self.bases:
            found += [one for one in (base.order if isinstance(base, ReadClass) else [base]) if one not in found]
        return found


@dataclass(eq=False, slots=True)
class ReadInstance:
    """An object of a class of the text."""

    cls: ReadClass
    attributes: dict[str, Any] = field(default_factory=dict)
    base: ReadLayer | ReadContainer | None = None
    """What it is besides, where its class derives from a layer or a container of torch."""


@dataclass(eq=False, slots=True)
class ReadFunction:
    """A function of the text, with the names around it."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    around: NameScope
    defaults: tuple[Any, ...]
    keyword_defaults: Mapping[str, Any]
    owner: ReadClass | None = None
    bound: bool = True
    """False for a static method."""


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A function of the text with its first argument."""

    function: ReadFunction
    first: Any


@dataclass(frozen=True, slots=True)
class BoundName:
    """A method of a tensor, module, list or text, by its name."""

    owner: Any
    name: str


@dataclass(frozen=True, slots=True)
class SuperValue:
    """`super()`: an object seen as what its class derives from."""

    instance: ReadInstance
    cls: ReadClass


@dataclass(frozen=True, slots=True)
class PartialCall:
    """A callable with some of its arguments."""

    callee: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(eq=False, slots=True)
class NameScope:
    """The names of a module or of one call of a function."""

    names: dict[str, Any] = field(default_factory=dict)
    around: NameScope | None = None
    function: ReadFunction | None = None
    parameters: tuple[str, ...] = ()

    def find(self, name: str) -> Any:
        """Return the value of a name here or further out; KeyError where there is none."""
        scope: NameScope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        raise KeyError(name)


def is_small(value: Any, most: int = 4096) -> bool:
    """Tell whether lists in lists hold few values altogether: one that holds another twice may hold very many."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > most:
            return False
        if isinstance(one, list | tuple):
            waiting.extend(one[: most + 1])
        elif isinstance(one, dict):
            waiting.extend(one.values())
    return True


ReadModule = ReadLayer | ReadContainer | ReadInstance


def is_module(value: Any) -> bool:
    """Tell whether a value is a layer, a container or an object of a class of modules."""
    return isinstance(value, ReadLayer | ReadContainer) or (
        isinstance(value, ReadInstance) and not all(base is None for base in value.cls.order[1:])
    )


def children(module: Any) -> dict[str, Any]:
    """Return the modules that a module holds, by name, in the order in which it got them."""
    if isinstance(module, ReadContainer):
        return {name: part for name, part in module.parts.items() if is_module(part)}
    if not isinstance(module, ReadInstance):
        return {}
    inner = children(module.base) if isinstance(module.base, ReadContainer) else {}
    return inner | {name: part for name, part in module.attributes.items() if is_module(part)}
