"""The equivalent PyTorch of a traced network, to copy, run and change."""

import textwrap
from collections.abc import Iterator

import torch
from torch import nn

from cnnviz.trace.record import Trace
from cnnviz.trace.source.class_source import class_definitions
from cnnviz.trace.source.definitions import BlockDefinition, BlockDefinitions
from cnnviz.trace.source.expression import LINE_LENGTH, CallExpression, format_lines
from cnnviz.trace.source.forward import attribute_name, forward_lines
from cnnviz.trace.source.statements import Statement, network_statement


def to_pytorch(model: nn.Module, trace: Trace) -> str:
    """Return source that stands alone and leaves `net`: the layers of `model`, each line with the shape it gives.

    Straight runs are `nn.Sequential`, blocks that branch are classes, and blocks that come again are written
    once. The parameters of `net` stand in the order of `model`'s, so weights can be copied one by one.

    Raises:
        UserError: `no_source` where the pass holds something that has no such form.
    """
    root = network_statement(model, trace)
    recipes = BlockDefinitions(root)
    foreign = list(dict.fromkeys(type(module) for module in _leaves(root) if not _known(module)))
    imports, definitions = class_definitions(foreign)
    blocks = ["\n".join(["import torch", *sorted({"from torch import nn", *imports})])]
    blocks += [f"\n\n{definition}" for definition in definitions]
    blocks += [f"\n\n{_definition(recipe, recipes)}" for recipe in recipes.ordered if not recipe.inlined]
    if root.is_chain:
        net = CallExpression("nn.Sequential", items=tuple(recipes.call(part) for part in root.parts))
        blocks.append("\n" * (len(blocks) > 1) + "\n".join(["", *format_lines(net, before="net = ")]))
    else:
        blocks.append("\n\n" + _class("Net", root, recipes, BlockDefinition(None)))
        blocks.append("\n\nnet = Net()")
    size = ", ".join(map(str, (1, *trace.input_shape)))
    given = ", ".join(map(str, (1, *trace.layers[-1].shape)))
    blocks.append(f'\nif __name__ == "__main__":\n    print(net.eval()(torch.rand({size})).shape)  # [{given}]')
    return "\n".join(blocks) + "\n"


def _definition(recipe: BlockDefinition, recipes: BlockDefinitions) -> str:
    block, names = recipes.body(recipe)
    if not block.is_chain:
        return _class(recipe.name, block, recipes, recipe)
    items = tuple(recipes.call(part, names, (part.label,)) for part in block.parts)
    items = tuple(_bare(item) for item in items)
    body = format_lines(CallExpression("nn.Sequential", items=items), indent=4, before="return ")
    return "\n".join([*_header(recipe.name, list(recipe.parameters.values())), *body])


def _class(name: str, block: Statement, recipes: BlockDefinitions, recipe: BlockDefinition) -> str:
    header = _header("__init__", ["self", *recipe.parameters.values()], indent=4)
    names = recipes.body(recipe)[1] if recipe.blocks else {}
    written = [f"class {name}(nn.Module):", *header, "        super().__init__()"]
    for part in block.children:
        call = _bare(recipes.call(part, names, (part.label,)))
        written += format_lines(call, indent=8, before=f"self.{attribute_name(part.label)} = ")
    written += ["", *(f"    {line}" for line in forward_lines(block))]
    return "\n".join(written)


def _header(name: str, parameters: list[str], indent: int = 0) -> list[str]:
    pad = " " * indent
    line = f"{pad}def {name}({', '.join(parameters)}):"
    if len(line) <= LINE_LENGTH:
        return [line]
    head = f"{pad}def {name}("
    return [
        f"{head}{', '.join(parameters[:4])},",
        *textwrap.wrap(
            ", ".join(parameters[4:]) + "):",
            LINE_LENGTH,
            initial_indent=" " * len(head),
            subsequent_indent=" " * len(head),
        ),
    ]


def _bare(call: CallExpression) -> CallExpression:
    """Return the key of a block without its shapes, which differ from use to use."""
    return CallExpression(call.callee, call.arguments, None if call.items is None else tuple(map(_bare, call.items)))


def _leaves(part: Statement) -> Iterator[nn.Module]:
    if part.is_block:
        for child in part.parts:
            yield from _leaves(child)
    elif part.module is not None:
        yield part.module


def _known(module: nn.Module) -> bool:
    return getattr(torch.nn, type(module).__name__, None) is type(module)
