"""Definitions of the blocks of a network, each written once: their parameters and their names."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from cnnviz.trace.source.constructor_arguments import ConstructorArgument, constructor_arguments
from cnnviz.trace.source.expression import CallExpression, ParameterName
from cnnviz.trace.source.forward import attribute_name
from cnnviz.trace.source.statements import Statement

ArgumentPath = tuple[str, ...]
"""Where a number stands: the labels down to the layer, then the argument."""
_READ = ("in_channels", "in_features", "num_features", "channels")
_GIVEN = ("out_channels", "out_features")


@dataclass(eq=False)
class BlockDefinition:
    """One class or function: the blocks that it builds, and the parameters that it takes."""

    key: Hashable
    blocks: list[Statement] = field(default_factory=list)
    sites: set[Hashable] = field(default_factory=set)
    """The places in the source that call it."""
    name: str = ""
    parameters: dict[tuple[Any, ...], str] = field(default_factory=dict)
    """The values that a parameter takes, one for each of `blocks`, and its name."""

    @property
    def inlined(self) -> bool:
        """Return True for a chain that is written where it is used, as a `nn.Sequential`."""
        return self.blocks[0].is_chain and (len(self.sites) < 2 or len(self.blocks[0].parts) < 2)


class BlockDefinitions:
    """The recipes of a whole network, found from its root down and given parameters from its leaves up."""

    def __init__(self, root: Statement) -> None:
        self.by_key: dict[Hashable, BlockDefinition] = {}
        self._collect(root, None)
        self.ordered: list[BlockDefinition] = []
        self._parametrise_inside(root)
        self._christen()

    def of(self, block: Statement) -> BlockDefinition:
        """Return the recipe that builds `block`."""
        return self.by_key[block.key]

    def call(
        self, part: Statement, names: dict[ArgumentPath, ParameterName] | None = None, path: ArgumentPath = ()
    ) -> CallExpression:
        """Return the expression that builds `part`, with `names` for the numbers that are parameters there."""
        names = names or {}
        shape = "" if names else "×".join(map(str, part.record.shape))
        if not part.is_block:
            assert part.module is not None
            given = [
                (argument, names.get((*path, argument.name), value))
                for argument, value in constructor_arguments(part.module).items()
            ]
            shown = tuple(
                ("" if argument.positional else argument.name, value)
                for argument, value in given
                if _shown(part.module, argument, value)
            )
            return CallExpression(_class(part.module), shown, comment=shape)
        recipe = self.of(part)
        if recipe.inlined:
            items = tuple(self.call(child, names, (*path, child.label)) for child in part.parts)
            return (
                items[0]
                if len(items) == 1
                else CallExpression("nn.Sequential", items=items, comment=part.label if shape else "")
            )
        index = recipe.blocks.index(part)
        given_ = tuple(
            ("" if name.endswith("channels") else name, names.get((*path, name), values[index]))
            for values, name in recipe.parameters.items()
        )
        return CallExpression(recipe.name, given_, comment=shape)

    def slots(self, part: Statement, path: ArgumentPath = ()) -> dict[ArgumentPath, Any]:
        """Return every number that building `part` needs, by where it stands."""
        if not part.is_block:
            return {(*path, argument.name): value for argument, value in constructor_arguments(_module(part)).items()}
        recipe = self.of(part)
        if recipe.inlined or not path:
            return {
                slot: value
                for child in part.children
                for slot, value in self.slots(child, (*path, child.label)).items()
            }
        index = recipe.blocks.index(part)
        return {(*path, name): values[index] for values, name in recipe.parameters.items()}

    def body(self, recipe: BlockDefinition) -> tuple[Statement, dict[ArgumentPath, ParameterName]]:
        """Return the block to write the recipe from, and the parameter that stands at each slot."""
        columns = self._columns(recipe)
        return recipe.blocks[0], {
            slot: ParameterName(recipe.parameters[values])
            for slot, values in columns.items()
            if values in recipe.parameters
        }

    def _collect(self, block: Statement, site: Hashable) -> None:
        recipe = self.by_key.setdefault(block.key, BlockDefinition(block.key))
        recipe.blocks.append(block)
        recipe.sites.add(site)
        for position, part in enumerate(block.parts):
            if part.is_block:
                self._collect(part, (block.key, position))

    def _parametrise_inside(self, block: Statement) -> None:
        """Give the blocks inside their parameters, from the leaves up."""
        for part in block.parts:
            if part.is_block and self.of(part) not in self.ordered:
                for each in self.of(part).blocks:
                    self._parametrise_inside(each)
                if self.of(part) not in self.ordered:
                    self._parametrise(self.of(part))

    def _parametrise(self, recipe: BlockDefinition) -> None:
        columns = self._columns(recipe)
        varying: dict[tuple[Any, ...], list[ArgumentPath]] = {}
        for slot, values in columns.items():
            if len(set(map(repr, values))) > 1:
                varying.setdefault(values, []).append(slot)
        plain = {values: _plain(recipe.blocks[0], slots, columns) for values, slots in varying.items()}
        for values, slots in varying.items():
            names = [plain[values]] if list(plain.values()).count(plain[values]) == 1 else []
            owner = next((slot for slot in slots if slot[-1] in _GIVEN), slots[0])
            part = next(part for part in recipe.blocks[0].parts if part.label == owner[0])
            called = part.is_block and not self.of(part).inlined
            word = "channels" if owner[-1] in _GIVEN and not called else owner[-1]
            names += ["_".join((attribute_name(owner[0]), word)), "_".join(map(attribute_name, owner))]
            recipe.parameters[values] = next(name for name in names if name not in recipe.parameters.values())
        recipe.parameters = dict(sorted(recipe.parameters.items(), key=lambda item: not item[1].endswith("channels")))
        self.ordered.append(recipe)

    def _columns(self, recipe: BlockDefinition) -> dict[ArgumentPath, tuple[Any, ...]]:
        rows = [self.slots(block) for block in recipe.blocks]
        return {slot: tuple(row[slot] for row in rows) for slot in rows[0]}

    def _christen(self) -> None:
        """Name the definitions after classes, or after where a block stands; the simplest keeps the plain name."""
        first: dict[str, BlockDefinition] = {}
        for recipe in sorted(self.ordered, key=lambda one: len(one.blocks[0].parts)):
            if recipe.inlined:
                continue
            block = recipe.blocks[0]
            own = type(block.module).__name__
            base = own if own != "Sequential" else re.sub(r"[\d.]+[a-z]?$", "", block.label) or "block"
            base = _snake(base) if block.is_chain else _camel(base)
            name = base
            if name in first:
                labels = {part.label for part in first[base].blocks[0].parts}
                more = [part.label for part in block.parts if part.is_block and part.label not in labels]
                join = "_with_" if block.is_chain else "With"
                if more:
                    name = base + join + (_snake(more[0]) if block.is_chain else _camel(more[0]))
            number = 2
            plain = name
            while name in first:
                name, number = f"{plain}{number}", number + 1
            first[name] = recipe
            recipe.name = name


def _module(part: Statement) -> nn.Module:
    assert part.module is not None
    return part.module


def _class(module: nn.Module) -> str:
    name = type(module).__name__
    return f"nn.{name}" if getattr(nn, name, None) is type(module) else name


def _shown(module: nn.Module, argument: ConstructorArgument, value: Any) -> bool:
    if argument.name == "stride" and hasattr(module, "kernel_size") and not hasattr(module, "weight"):
        return True  # a pool's stride is its window unless told otherwise: nobody should have to know that
    return isinstance(value, ParameterName) or repr(value) != repr(argument.default)


def _plain(block: Statement, slots: list[ArgumentPath], columns: dict[ArgumentPath, tuple[Any, ...]]) -> str:
    """Return the plainest name for a number that stands in several places."""
    reads = [slot for slot in columns if slot[-1] in _READ]
    gives = [slot for slot in columns if slot[-1] in _GIVEN]
    joined = block.parts[-1].module is None and block.parts[-1].record.kind == "cat"
    first, last = bool(reads) and reads[0] in slots, bool(gives) and gives[-1] in slots and not joined
    if first and last:
        return "channels"
    if first or last:
        return "in_channels" if first else "out_channels"
    own = any(slot[-1] in (*_READ, *_GIVEN) for slot in slots)
    return "mid_channels" if own else {"num_features": "channels"}.get(slots[0][-1], slots[0][-1])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace(".", "_").replace("-", "_")


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_.\-]", name))
