"""Normalized values: batch normalization with its stored statistics, and local response normalization."""

import math

from torch import Tensor

from cnnviz.ops.response_norm import neighbours
from cnnviz.trace.explain.call import LayerCall
from cnnviz.trace.explain.explanation import Explanation, Fact, Index, Label, Term
from cnnviz.trace.explain.written import factor, number, plus, total


def explain_batch_norm(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of batch normalization in evaluation, whole or partial: γ (x − μ) / √(σ² + ε) + β."""
    channel, x = index[0], call.read(0, index)
    mean, variance, stored = _statistics(call, channel)
    eps = float(call.setting("eps", 0.0))
    gamma, beta = _of(call.setting("weight"), channel), _of(call.setting("bias"), channel)
    scale = (1.0 if gamma is None else gamma) / math.sqrt(variance + eps)
    terms = (
        Term(Label("term.scaled"), x * scale, call.cell(0, index), x, scale),
        Term(Label("term.shift"), -mean * scale, None, -mean, scale),
    )
    normalized = (x - mean) / math.sqrt(variance + eps)
    facts = [
        Fact("x", Label("fact.input"), x, call.cell(0, index)),
        Fact("μ", Label("fact.mean"), mean),
        Fact("σ²", Label("fact.variance"), variance),
        Fact("ε", Label("fact.eps"), eps),
        Fact("x̂", Label("fact.normalized"), normalized),
    ]
    facts += [
        Fact(symbol, Label(f"fact.{name}"), value)
        for symbol, name, value in (("γ", "gamma", gamma), ("β", "beta", beta))
        if value is not None
    ]
    front = f"{factor(gamma)} × " if gamma is not None else ""
    formula = (
        f"{front}({number(x)}{plus(-mean)}) / √({number(variance)} + {number(eps)}){plus(beta)}"
        f" = {number(math.fsum((*(term.value for term in terms), beta or 0.0)))}"
    )
    note = Label("note.batch_norm_stored" if stored else "note.batch_norm_batch")
    return call.explained(index, Label("how.batch_norm"), terms, formula, beta, facts=tuple(facts), notes=(note,))


def explain_response_norm(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of local response normalization with its neighbouring channels."""
    channel, size = index[0], int(call.setting("size"))
    alpha, beta, k = (
        float(call.setting(name, default)) for name, default in (("alpha", 1e-4), ("beta", 0.75), ("k", 1.0))
    )
    near = [(other, *index[1:]) for other in neighbours(channel, size, call.inputs[0].shape[0])]
    values = [call.read(0, place) for place in near]
    squares = math.fsum(value**2 for value in values)
    base, a = k + alpha / size * squares, call.read(0, index)
    term = Term(Label("term.divided"), a / base**beta, call.cell(0, index), a, base**-beta)
    facts = [
        Fact(f"a{place[0]}", Label("fact.neighbour", {"channel": place[0]}), value, call.cell(0, place))
        for place, value in zip(near, values, strict=True)
    ]
    facts += [
        Fact("n", Label("fact.size"), size),
        Fact("k", Label("fact.k"), k),
        Fact("α", Label("fact.alpha"), alpha),
        Fact("β", Label("fact.exponent"), beta),
        Fact("Σ a²", Label("fact.squares"), squares),
    ]
    formula = (
        f"{number(a)} / ({number(k)} + {number(alpha)} / {size} × ({total(v**2 for v in values)}))"
        f"^{number(beta)} = {number(term.value)}"
    )
    return call.explained(index, Label("how.response_norm"), (term,), formula, facts=tuple(facts))


def _statistics(call: LayerCall, channel: int) -> tuple[float, float, bool]:
    mean, variance = _of(call.setting("running_mean"), channel), _of(call.setting("running_var"), channel)
    if mean is not None and variance is not None:
        return mean, variance, True
    values = call.inputs[0][channel].detach().double()
    return float(values.mean()), float(values.var(unbiased=False)), False


def _of(values: Tensor | None, channel: int) -> float | None:
    return None if values is None else float(values[channel].detach())
