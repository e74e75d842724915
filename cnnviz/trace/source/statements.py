"""A network taken apart: blocks within blocks, what each reads and gives, and which are built alike."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from torch import nn

from cnnviz.errors import UserError
from cnnviz.trace.record import LayerRecord, Trace


@dataclass(eq=False)
class Statement:
    """A block, a layer or an operation, as one statement of the block around it."""

    name: str
    """The row's name, or the block's dotted path."""
    label: str
    """What the block around it calls it: the attribute of a module."""
    record: LayerRecord
    """Its own, or that of the row that gives the block's output."""
    module: nn.Module | None = None
    """None for an operation."""
    parts: list["Statement"] = field(default_factory=list)
    """Of a block: its statements in order of execution."""
    reads: tuple[str, ...] = ()
    """Names of the rows outside that it reads."""
    key: Hashable = None
    """Equal for blocks that one class or one function can build."""

    @property
    def is_block(self) -> bool:
        """Return True where it holds statements of its own."""
        return bool(self.parts)

    @property
    def children(self) -> list["Statement"]:
        """The parts that are modules, in the order in which the block defines them."""
        order = {name: position for position, (name, _) in enumerate(_layers(self.module))}
        return sorted((part for part in self.parts if part.module is not None), key=lambda part: order[part.label])

    @property
    def is_chain(self) -> bool:
        """Return True where every part reads the one before and nothing else: a `nn.Sequential`."""
        reads = [(part.reads, before.record.name) for before, part in zip(self.parts, self.parts[1:], strict=False)]
        return (
            len(self.reads) == 1
            and self.children == self.parts
            and self.parts[0].reads == self.reads
            and all(read == (before,) for read, before in reads)
        )


def network_statement(model: nn.Module, trace: Trace) -> Statement:
    """Return the whole network as one block.

    Raises:
        UserError: `no_source` where a block is called twice or gives more than one tensor.
    """
    modules = dict(model.named_modules())
    root = Statement("", "", trace.layers[-1], model)
    blocks = {"": root}
    for record in trace.layers:
        around = _block(record.block, blocks, modules, record)
        path = record.name.partition("#")[0]
        module = modules.get(path) if path else None
        label = path[len(around.name) :].lstrip(".")
        around.parts.append(Statement(record.name, label, record, module, reads=record.inputs))
    readers: dict[str, list[str]] = {}
    for record in trace.layers:
        for source in record.inputs:
            readers.setdefault(source, []).append(record.name)
    _close(root, readers, trace.layers[-1].name)
    return root


def _block(path: str, blocks: dict[str, Statement], modules: dict[str, nn.Module], record: LayerRecord) -> Statement:
    """Return the block at `path`, made with those around it; a list of modules belongs to the block around it."""
    while path and isinstance(modules.get(path), nn.ModuleList | nn.ModuleDict):
        path = path.rpartition(".")[0]
    if path in blocks:
        return blocks[path]
    if path not in modules:
        raise UserError("no_source", what=path)
    around = _block(path.rpartition(".")[0], blocks, modules, record)
    block = Statement(path, path[len(around.name) :].lstrip("."), record, modules[path])
    blocks[path] = block
    around.parts.append(block)
    return block


def _close(block: Statement, readers: dict[str, list[str]], last: str) -> set[str]:
    """Fill in what `block` reads and gives, and its key; return the names of the rows inside."""
    inside: set[str] = set()
    for part in block.parts:
        inside |= _close(part, readers, last) if part.is_block else {part.name}
    sources = [source for part in block.parts for source in part.reads if source not in inside]
    block.reads = tuple(dict.fromkeys(sources))
    given = [name for name in inside if name == last or any(reader not in inside for reader in readers.get(name, ()))]
    if len(given) != 1:
        raise UserError("no_source", what=block.name or type(block.module).__name__)
    block.record = next(part.record for part in block.parts if part.record.name == given[0])
    block.key = _key(block)
    return inside


def _key(block: Statement) -> Hashable:
    chain = block.is_chain
    places = {source: -1 - position for position, source in enumerate(block.reads)}
    places |= {part.record.name: position for position, part in enumerate(block.parts)}
    return (
        chain,
        tuple(
            (
                None if chain else part.label if part.module is not None else part.record.kind,
                part.key if part.is_block else type(part.module).__qualname__,
                tuple(places[source] for source in part.reads),
                repr(dict(part.record.settings)) if part.module is None else "",
            )
            for part in block.parts
        ),
    )


def _layers(module: nn.Module | None, prefix: str = "") -> Iterable[tuple[str, nn.Module]]:
    """Return the children of a block by dotted label, those in lists of modules included."""
    for name, child in module.named_children() if module is not None else ():
        if isinstance(child, nn.ModuleList | nn.ModuleDict):
            yield from _layers(child, f"{prefix}{name}.")
        else:
            yield prefix + name, child
