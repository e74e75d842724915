"""The forward pass of a block as Python: calls nested where a textbook would nest them."""

from dataclasses import dataclass

from cnnviz.errors import UserError
from cnnviz.trace.source.statements import Statement

_LONGEST = 88
_DEEPEST = 3
_INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "div": "/"}


@dataclass(frozen=True, slots=True)
class _Value:
    """An expression not yet given a name, how many calls it nests, and the variables that it reads."""

    text: str
    depth: int
    names: frozenset[str]
    label: str
    infix: bool = False


def forward_lines(block: Statement) -> list[str]:
    """Return the lines of `def forward(self, …)`, without indentation.

    Raises:
        UserError: `no_source` for an operation that it has no words for.
    """
    return _Writer(block).lines()


class _Writer:
    def __init__(self, block: Statement) -> None:
        self.block = block
        taken = ["x", *(f"x{number}" for number in range(2, len(block.reads) + 1))]
        self.names = dict(zip(block.reads, taken, strict=True))
        self.header = f"def forward(self, {', '.join(taken)}):"
        self.left: dict[str, int] = {}
        for part in block.parts:
            for source in part.reads:
                self.left[source] = self.left.get(source, 0) + 1
        self.waiting: dict[str, _Value] = {}
        self.written: list[str] = []

    def lines(self) -> list[str]:
        for part in self.block.parts:
            given = part.record.name
            self.waiting[given] = self._value(part)
            if self.left.get(given, 0) > 1:
                self._name(given)
        last = self.block.record.name
        result = self.waiting[last].text if last in self.waiting else self.names[last]
        return [self.header, *(f"    {line}" for line in [*self.written, f"return {result}"])]

    def _value(self, part: Statement) -> _Value:
        held = [source for source in part.reads if source in self.waiting]
        nested = len(part.reads) <= 2 or (len(held) == len(part.reads))
        value = self._compose(part) if nested else None
        if value is None or value.depth > _DEEPEST or len(value.text) > _LONGEST:
            for source in held:
                self._name(source)
        elif part.record.kind in _INFIX and part.module is None:
            for source in held:
                if self.waiting[source].depth > 1:
                    self._name(source)
        if any(source not in self.waiting for source in held) or value is None:
            value = self._compose(part)
        for source in part.reads:
            self.left[source] -= 1
            self.waiting.pop(source, None)
        return value

    def _compose(self, part: Statement) -> _Value:
        operands = [
            self.waiting.get(source) or _Value(self.names[source], 0, frozenset({self.names[source]}), "")
            for source in part.reads
        ]
        depth = 1 + max((operand.depth for operand in operands), default=0)
        names = frozenset[str]().union(*(operand.names for operand in operands))
        if part.module is not None:
            call = f"self.{attribute_name(part.label)}({', '.join(operand.text for operand in operands)})"
            return _Value(call, depth, names, part.label if part.is_block else "")
        return _Value(operation_expression(part, operands), depth, names, "", part.record.kind in _INFIX)

    def _name(self, source: str) -> None:
        """Write `name = expression`; the name of a value that nobody reads any more is used again."""
        value = self.waiting.pop(source)
        held = {name for other in self.waiting.values() for name in other.names}
        dead = [
            name
            for name in sorted(value.names)
            if name not in held and all(self.left.get(row, 0) == 0 for row, used in self.names.items() if used == name)
        ]
        name = dead[-1] if dead and not (value.label and dead == ["x"]) else self._fresh(value)
        self.names[source] = name
        self.written.append(f"{name} = {value.text}")

    def _fresh(self, value: _Value) -> str:
        used = set(self.names.values())
        wanted = [attribute_name(value.label)] if value.label else []
        return next(
            name for name in [*wanted, *"yzuvw", *(f"y{number}" for number in range(2, 10**4))] if name not in used
        )


def attribute_name(label: str) -> str:
    """Return a dotted label as the name of an attribute."""
    return label.replace(".", "_") if not label.isdigit() else f"layer{label}"


def operation_expression(part: Statement, operands: list[_Value]) -> str:
    """Return the expression of a functional operation.

    Raises:
        UserError: `no_source` for one that it has no words for.
    """
    kind, settings = part.record.kind, part.record.settings
    texts = [operand.text for operand in operands]
    if kind in _INFIX and len(operands) == 2:
        sides = [f"({operand.text})" if operand.infix else operand.text for operand in operands]
        return f" {_INFIX[kind]} ".join(sides)
    if kind == "cat":
        return f"torch.cat(({', '.join(texts)}), dim={settings.get('dim', 1)})"
    if kind == "flatten" and len(texts) == 1:
        return f"torch.flatten({texts[0]}, {settings.get('start_dim', 1)})"
    if kind in ("relu", "sigmoid", "tanh") and len(texts) == 1:
        return f"torch.{kind}({texts[0]})"
    raise UserError("no_source", what=part.name)
