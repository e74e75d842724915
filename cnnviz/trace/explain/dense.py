"""Values of a dense layer, and the places of a flattened map."""

from cnnviz.trace.explain.convolution import largest_magnitudes, omitted_terms, sum_formula
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, SentenceKey, Summand
from cnnviz.trace.explain.layer_call import LayerCall


def explain_linear(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a dense layer: the inputs that weigh in most, the sum of the others, the bias.

    Raises:
        UserError: `explain_unknown` where the weights are no module's.
    """
    weight, bias = call.weights()
    row, offset = weight[index[-1]].double(), None if bias is None else float(bias[index[-1]])
    products = call.inputs[0][index[:-1]].detach().double() * row
    shown = largest_magnitudes(products, limit)
    terms = tuple(
        Summand(
            SentenceKey("term.feature", {"feature": place}),
            float(products[place]),
            call.cell(0, (*index[:-1], place)),
            call.read(0, (*index[:-1], place)),
            float(row[place]),
        )
        for place in shown
    )
    rest = omitted_terms(products, shown)
    formula = sum_formula(terms, rest, offset, float(products.sum()) + (offset or 0.0))
    return call.explained(index, SentenceKey("how.linear", {"features": len(row)}), terms, formula, offset, rest)


def explain_flatten(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a flattened or reshaped map, with the arithmetic of its place."""
    flat, shape = _position(index, tuple(call.output.shape)), tuple(call.inputs[0].shape)
    place = _place(flat, shape)
    value, cell = call.read(0, place), call.cell(0, place)
    facts: tuple[FormulaFact, ...] = ()
    formula = f"{flat}"
    if len(shape) == 3:
        (channel, y, x), (_, height, width) = place, shape
        facts = (
            FormulaFact("c", SentenceKey("fact.channel"), channel),
            FormulaFact("y", SentenceKey("fact.row"), y),
            FormulaFact("x", SentenceKey("fact.column"), x),
        )
        formula = f"({channel} · {height} + {y}) · {width} + {x} = {flat}"
    return call.explained(
        index,
        SentenceKey("how.flatten"),
        (Summand(SentenceKey("term.copy"), value, cell, value),),
        formula,
        facts=facts,
    )


def _position(index: Index, shape: tuple[int, ...]) -> int:
    position = 0
    for place, size in zip(index, shape, strict=True):
        position = position * size + place
    return position


def _place(position: int, shape: tuple[int, ...]) -> Index:
    place: list[int] = []
    for size in reversed(shape):
        position, here = divmod(position, size)
        place.append(here)
    return tuple(reversed(place))
