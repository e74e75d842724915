"""The scores at the end: softmax probabilities, and the loss of a class."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.softmax import log_softmax
from cnnviz.trace.explain.convolution import largest_magnitudes, omitted_terms, sum_formula
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, SentenceKey, SourceCell, Summand
from cnnviz.trace.explain.formula_text import format_factor, format_number
from cnnviz.trace.explain.layer_call import MAX_TERMS, LayerCall

MAX_EXPONENT = 20.0
"""Scores up to this size stand in the exponent as they are: e²⁰ can still be read."""


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxSteps:
    """A softmax step by step, in float64: e^(score − taken_off), the sum of these powers, and each power's share."""

    scores: Tensor
    """(K,), as the others."""
    taken_off: float
    """0, or the largest score where the scores are so large that their powers could not be read."""
    powers: Tensor
    total: float
    probabilities: Tensor


def softmax_steps(scores: Tensor | Sequence[float]) -> SoftmaxSteps:
    """Return the powers and the probabilities of (K,) scores.

    >>> softmax_steps([2.0, 2.0]).probabilities.tolist()
    [0.5, 0.5]
    """
    values = _vector(scores)
    taken_off = 0.0 if float(values.abs().max()) <= MAX_EXPONENT else float(values.max())
    powers = (values - taken_off).exp()
    return SoftmaxSteps(values, taken_off, powers, float(powers.sum()), powers / powers.sum())


def explain_softmax(scores: Tensor | Sequence[float], index: int, row: str = "scores") -> Explanation:
    """Explain the probability of class `index` from (K,) scores that the row `row` gave.

    Raises:
        UserError: `explain_index`.
    """
    steps = softmax_steps(scores)
    _check(steps.scores, index, "softmax")
    z, result, powers = float(steps.scores[index]), float(steps.probabilities[index]), steps.powers
    facts = [FormulaFact("z", SentenceKey("fact.score"), z, SourceCell(row, (index,)))]
    if steps.taken_off:
        facts.append(FormulaFact("m", SentenceKey("fact.largest"), steps.taken_off))
    facts.append(FormulaFact("Σ", SentenceKey("fact.powers"), steps.total))
    shown = largest_magnitudes(powers, MAX_TERMS)
    facts += [
        FormulaFact(
            f"e^(z{place} − m)" if steps.taken_off else f"e^z{place}",
            SentenceKey("fact.power", {"class": place}),
            float(powers[place]),
            SourceCell(row, (place,)),
        )
        for place in shown
    ]
    if len(powers) > len(shown):
        rest = math.fsum(float(power) for place, power in enumerate(powers) if place not in shown)
        facts.append(FormulaFact("…", SentenceKey("fact.other_powers", {"count": len(powers) - len(shown)}), rest))
    exponent = f"({format_number(z)} − {format_factor(steps.taken_off)})" if steps.taken_off else format_factor(z)
    formula = f"e^{exponent} / {format_number(steps.total)}"
    formula += f" = {format_number(float(powers[index]))} / {format_number(steps.total)} = {format_number(result)}"
    term = Summand(SentenceKey("term.probability"), result, SourceCell(row, (index,)), z)
    value = float(torch.softmax(torch.as_tensor(scores).detach().flatten(), 0)[index])
    return Explanation(
        "softmax", "softmax", (index,), value, SentenceKey("how.softmax"), (term,), formula, facts=tuple(facts)
    )


def explain_cross_entropy(
    scores: Tensor | Sequence[float], target: int, label_smoothing: float = 0.0, row: str = "scores"
) -> Explanation:
    """Explain the loss of (K,) scores when class `target` is right: −(1 − ε) ln pₜ − ε/K Σ ln pₖ.

    Raises:
        UserError: `explain_index`, or `op_share` for a smoothing that is no share.
    """
    values = _vector(scores)
    _check(values, target, "cross_entropy")
    if not 0 <= label_smoothing <= 1:
        raise UserError("op_share", got=label_smoothing)
    logs, classes = log_softmax(values), len(values)
    weights = torch.full_like(values, label_smoothing / classes)
    weights[target] += 1 - label_smoothing
    losses = -weights * logs
    shown = [target] if label_smoothing == 0 else largest_magnitudes(losses, MAX_TERMS)
    terms = tuple(
        Summand(
            SentenceKey("term.class", {"class": place}),
            float(losses[place]),
            SourceCell(row, (place,)),
            float(logs[place]),
            -float(weights[place]),
        )
        for place in shown
    )
    rest = omitted_terms(losses, shown) if label_smoothing else None
    probability = math.exp(float(logs[target]))
    facts = (
        FormulaFact("pₜ", SentenceKey("fact.probability"), probability, SourceCell(row, (target,))),
        FormulaFact("ε", SentenceKey("fact.smoothing"), label_smoothing),
    )
    result = float(losses.sum())
    formula = (
        sum_formula(terms, rest, None, result)
        if label_smoothing
        else f"−ln {format_number(probability)} = {format_number(result)}"
    )
    value = float(
        torch.nn.functional.cross_entropy(values[None], torch.tensor([target]), label_smoothing=label_smoothing)
    )
    return Explanation(
        "cross_entropy",
        "cross_entropy",
        (target,),
        value,
        SentenceKey("how.cross_entropy"),
        terms,
        formula,
        rest=rest,
        facts=facts,
    )


def explain_softmax_row(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one probability of a softmax that is a row of the network itself.

    Raises:
        UserError: `explain_unknown` for a softmax over more than one axis of scores.
    """
    if len(index) != 1:
        raise call.unknown()
    found = explain_softmax(call.inputs[0], index[0], call.sources[0])
    return call.explained(index, found.how, found.terms, found.formula, facts=found.facts)


def _vector(scores: Tensor | Sequence[float]) -> Tensor:
    return torch.as_tensor(scores, dtype=torch.float64).detach().flatten()


def _check(values: Tensor, index: int, name: str) -> None:
    if not 0 <= index < len(values):
        raise UserError("explain_index", layer=name, index=index, shape=len(values))
