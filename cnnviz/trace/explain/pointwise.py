"""Values that come from one value alone: activations, and layers that hand on what they get."""

from types import MappingProxyType

import torch

from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.trace.explain.call import LayerCall
from cnnviz.trace.explain.explanation import Explanation, Fact, Index, Label, Term
from cnnviz.trace.explain.written import factor, number

ACTIVATION_KINDS = MappingProxyType(
    {
        **{name: name for name in ACTIVATIONS},
        "Sigmoid": "sigmoid",
        "Tanh": "tanh",
        "ReLU": "relu",
        "ReLU6": "relu6",
        "Hardswish": "hardswish",
        "Hardsigmoid": "hardsigmoid",
    }
)
"""The activation that each kind of row computes."""


def explain_activation(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of an activation, with its slope there."""
    activation, x = ACTIVATIONS[ACTIVATION_KINDS[call.kind]], call.read(0, index)
    exact = torch.tensor(x, dtype=torch.float64)
    result, slope = float(activation.function(exact)), float(activation.derivative(exact))
    formula = f"{activation.formula.format(x=factor(x))} = {number(result)}"
    term = Term(Label("term.activation"), result, call.cell(0, index), x)
    facts = (Fact("x", Label("fact.input"), x, call.cell(0, index)), Fact("f′(x)", Label("fact.slope"), slope))
    return call.explained(index, Label(f"how.{activation.name}"), (term,), formula, facts=facts)


def explain_copy(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value handed on unchanged."""
    return _copied(call, index, Label("how.identity"))


def explain_dropout(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of dropout in evaluation: its input; and what training would do with it."""
    share = float(call.setting("p", 0.5))
    facts = (Fact("p", Label("fact.dropped_share"), share),)
    scale = number(1 / (1 - share)) if share < 1 else "0"
    note = Label("note.dropout_training", {"share": number(share), "kept": number(1 - share), "scale": scale})
    return _copied(call, index, Label("how.dropout"), facts, (note,))


def _copied(
    call: LayerCall, index: Index, how: Label, facts: tuple[Fact, ...] = (), notes: tuple[Label, ...] = ()
) -> Explanation:
    x = call.read(0, index)
    term = Term(Label("term.copy"), x, call.cell(0, index), x)
    return call.explained(index, how, (term,), f"x = {number(x)}", facts=facts, notes=notes)
