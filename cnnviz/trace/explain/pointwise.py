"""Values that come from one value alone: activations, and layers that hand on what they get."""

import torch

from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, SentenceKey, Summand
from cnnviz.trace.explain.formula_text import format_factor, format_number
from cnnviz.trace.explain.layer_call import LayerCall


def explain_activation(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of an activation, with its slope there."""
    activation, x = ACTIVATIONS[call.operation], call.read(0, index)
    exact = torch.tensor(x, dtype=torch.float64)
    result, slope = float(activation.function(exact)), float(activation.derivative(exact))
    formula = f"{activation.formula.format(x=format_factor(x))} = {format_number(result)}"
    term = Summand(SentenceKey("term.activation"), result, call.cell(0, index), x)
    facts = (
        FormulaFact("x", SentenceKey("fact.input"), x, call.cell(0, index)),
        FormulaFact("f′(x)", SentenceKey("fact.slope"), slope),
    )
    return call.explained(index, SentenceKey(f"how.{activation.name}"), (term,), formula, facts=facts)


def explain_copy(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value handed on unchanged."""
    return _copied(call, index, SentenceKey("how.identity"))


def explain_dropout(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of dropout in evaluation: its input; and what training would do with it."""
    share = float(call.setting("p", 0.5))
    facts = (FormulaFact("p", SentenceKey("fact.dropped_share"), share),)
    scale = format_number(1 / (1 - share)) if share < 1 else "0"
    note = SentenceKey(
        "note.dropout_training", {"share": format_number(share), "kept": format_number(1 - share), "scale": scale}
    )
    return _copied(call, index, SentenceKey("how.dropout"), facts, (note,))


def _copied(
    call: LayerCall,
    index: Index,
    how: SentenceKey,
    facts: tuple[FormulaFact, ...] = (),
    notes: tuple[SentenceKey, ...] = (),
) -> Explanation:
    x = call.read(0, index)
    term = Summand(SentenceKey("term.copy"), x, call.cell(0, index), x)
    return call.explained(index, how, (term,), f"x = {format_number(x)}", facts=facts, notes=notes)
