"""Normalized values: batch normalization with its stored statistics, and local response normalization."""

import math

from torch import Tensor

from cnnviz.ops.response_norm import neighbours
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, SentenceKey, Summand
from cnnviz.trace.explain.formula_text import format_addend, format_factor, format_number, format_sum
from cnnviz.trace.explain.layer_call import LayerCall


def explain_batch_norm(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of batch normalization in evaluation, whole or partial: γ (x − μ) / √(σ² + ε) + β.

    Raises:
        UserError: `explain_unknown` where the statistics and weights are no module's.
    """
    if call.module is None:
        raise call.unknown()
    channel, x = index[0], call.read(0, index)
    mean, variance, stored = _statistics(call, channel)
    eps = float(call.setting("eps", 0.0))
    gamma, beta = _of(call.setting("weight"), channel), _of(call.setting("bias"), channel)
    scale = (1.0 if gamma is None else gamma) / math.sqrt(variance + eps)
    terms = (
        Summand(SentenceKey("term.scaled"), x * scale, call.cell(0, index), x, scale),
        Summand(SentenceKey("term.shift"), -mean * scale, None, -mean, scale),
    )
    normalized = (x - mean) / math.sqrt(variance + eps)
    facts = [
        FormulaFact("x", SentenceKey("fact.input"), x, call.cell(0, index)),
        FormulaFact("μ", SentenceKey("fact.mean"), mean),
        FormulaFact("σ²", SentenceKey("fact.variance"), variance),
        FormulaFact("ε", SentenceKey("fact.eps"), eps),
        FormulaFact("x̂", SentenceKey("fact.normalized"), normalized),
    ]
    facts += [
        FormulaFact(symbol, SentenceKey(f"fact.{name}"), value)
        for symbol, name, value in (("γ", "gamma", gamma), ("β", "beta", beta))
        if value is not None
    ]
    front = f"{format_factor(gamma)} × " if gamma is not None else ""
    formula = (
        f"{front}({format_number(x)}{format_addend(-mean)}) / √({format_number(variance)} + {format_number(eps)})"
        f"{format_addend(beta)}"
        f" = {format_number(math.fsum((*(term.value for term in terms), beta or 0.0)))}"
    )
    note = SentenceKey("note.batch_norm_stored" if stored else "note.batch_norm_batch")
    return call.explained(index, SentenceKey("how.batch_norm"), terms, formula, beta, facts=tuple(facts), notes=(note,))


def explain_response_norm(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of local response normalization with its neighbouring channels."""
    channel, size = index[0], int(call.setting("size"))
    alpha, beta, k = (
        float(call.setting(name, default)) for name, default in (("alpha", 1e-4), ("beta", 0.75), ("k", 1.0))
    )
    near = [(other, *index[1:]) for other in neighbours(channel, size, call.inputs[0].shape[0])]
    values = [call.read(0, place) for place in near]
    squares = math.fsum(value**2 for value in values)
    base, a = k + alpha / size * squares, call.read(0, index)
    term = Summand(SentenceKey("term.divided"), a / base**beta, call.cell(0, index), a, base**-beta)
    facts = [
        FormulaFact(f"a{place[0]}", SentenceKey("fact.neighbour", {"channel": place[0]}), value, call.cell(0, place))
        for place, value in zip(near, values, strict=True)
    ]
    facts += [
        FormulaFact("n", SentenceKey("fact.size"), size),
        FormulaFact("k", SentenceKey("fact.k"), k),
        FormulaFact("α", SentenceKey("fact.alpha"), alpha),
        FormulaFact("β", SentenceKey("fact.exponent"), beta),
        FormulaFact("Σ a²", SentenceKey("fact.squares"), squares),
    ]
    formula = (
        f"{format_number(a)} / ({format_number(k)} + {format_number(alpha)} / {size}"
        f" × ({format_sum(v**2 for v in values)}))"
        f"^{format_number(beta)} = {format_number(term.value)}"
    )
    return call.explained(index, SentenceKey("how.response_norm"), (term,), formula, facts=tuple(facts))


def _statistics(call: LayerCall, channel: int) -> tuple[float, float, bool]:
    mean, variance = _of(call.setting("running_mean"), channel), _of(call.setting("running_var"), channel)
    if mean is not None and variance is not None:
        return mean, variance, True
    values = call.inputs[0][channel].detach().double()
    return float(values.mean()), float(values.var(unbiased=False)), False


def _of(values: Tensor | None, channel: int) -> float | None:
    return None if values is None else float(values[channel].detach())
