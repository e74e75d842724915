"""Values where branches meet: sums, products, concatenations."""

from cnnviz.ops.join import channel_offsets
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, SentenceKey, SourceCell, Summand
from cnnviz.trace.explain.formula_text import format_addend, format_factor, format_number
from cnnviz.trace.explain.layer_call import LayerCall, broadcast_index


def explain_add(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a sum, with both arms."""
    return _sum(call, index, 1.0)


def explain_subtract(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a difference, with both arms."""
    return _sum(call, index, -1.0)


def explain_multiply(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a product, such as a map times its squeeze-and-excitation gate."""
    (a, a_cell), (b, b_cell) = _operands(call, index)
    facts = (
        FormulaFact("a", SentenceKey("fact.factor"), a, a_cell),
        FormulaFact("b", SentenceKey("fact.factor"), b, b_cell),
    )
    term = Summand(SentenceKey("term.product"), a * b, a_cell, a, b)
    formula = f"{format_factor(a)} × {format_factor(b)} = {format_number(a * b)}"
    return call.explained(index, SentenceKey("how.multiply"), (term,), formula, facts=facts)


def explain_concatenation(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a concatenation: which branch it came from, and which place it had there."""
    dim = int(call.setting("dim", 1))
    axis = (dim if dim < 0 else dim - 1) % len(index)  # torch counts the batch
    offsets = channel_offsets(tensor.shape[axis] for tensor in call.inputs)
    branch = next(number for number in range(len(call.inputs)) if index[axis] < offsets[number + 1])
    place = (*index[:axis], index[axis] - offsets[branch], *index[axis + 1 :])
    value, cell = call.read(branch, place), call.cell(branch, place)
    label = SentenceKey("term.branch", {"branch": branch + 1, "row": cell.row, "channel": place[axis]})
    facts = (
        FormulaFact("b", SentenceKey("fact.branch", {"branches": len(call.inputs)}), branch + 1),
        FormulaFact("o", SentenceKey("fact.offset"), offsets[branch]),
        FormulaFact("c", SentenceKey("fact.channel"), place[axis]),
    )
    formula = f"{index[axis]} = {offsets[branch]} + {place[axis]}"
    return call.explained(
        index, SentenceKey("how.concatenation"), (Summand(label, value, cell, value),), formula, facts=facts
    )


def _sum(call: LayerCall, index: Index, sign: float) -> Explanation:
    (a, a_cell), (b, b_cell) = _operands(call, index)
    b *= sign
    terms = (
        Summand(SentenceKey("term.arm", {"row": a_cell.row if a_cell else format_number(a)}), a, a_cell, a),
        Summand(SentenceKey("term.arm", {"row": b_cell.row if b_cell else format_number(b)}), b, b_cell, b),
    )
    formula = f"{format_number(a)}{format_addend(b)} = {format_number(a + b)}"
    return call.explained(index, SentenceKey("how.add"), terms, formula)


def _operands(call: LayerCall, index: Index) -> list[tuple[float, SourceCell | None]]:
    """Return both sides with their cells; a number that stands in the code has none."""
    found: list[tuple[float, SourceCell | None]] = []
    for position, tensor in enumerate(call.inputs):
        place = broadcast_index(index, tuple(tensor.shape))
        found.append((call.read(position, place), call.cell(position, place)))
    if len(found) == 1 and isinstance(call.settings.get("other"), int | float):
        found.append((float(call.settings["other"]), None))
    if len(found) != 2:
        raise call.unknown()
    return found
