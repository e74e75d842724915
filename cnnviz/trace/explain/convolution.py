"""A convolution's value: window times kernel in each channel, the channels summed, and the bias."""

from torch import Tensor

from cnnviz.ops.convolution_step import ConvolutionStep, convolution_step
from cnnviz.trace.explain.explanation import Explanation, Index, OmittedTerms, SentenceKey, Summand
from cnnviz.trace.explain.formula_text import format_addend, format_number, format_products, format_sum
from cnnviz.trace.explain.layer_call import LayerCall, check_map
from cnnviz.trace.explain.window_cells import number_grid, padded_window

_MAX_WRITTEN_PRODUCTS = 25
"""Products of one channel that a formula still shows one by one."""


def explain_convolution(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a 2-D convolution of any stride, padding, dilation and groups.

    Raises:
        UserError: `explain_unknown` where the weights are no module's, or the map is not (C, H, W).
    """
    check_map(call)
    weight, bias = call.weights()
    channel, y, x = index
    settings = {
        name: call.setting(name, default)
        for name, default in (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1), ("padding_mode", "zeros"))
    }
    step = convolution_step(call.inputs[0], weight, bias, channel, y, x, **settings)
    shown = largest_magnitudes(step.channel_sums, limit)
    terms = tuple(_term(call, step, place) for place in shown)
    rest = omitted_terms(step.channel_sums, shown)
    offset = None if bias is None else step.bias
    return call.explained(
        index,
        _how(weight, settings["groups"]),
        terms,
        _formula(step, terms, rest, offset),
        offset,
        rest,
        notes=_notes(step, settings),
    )


def largest_magnitudes(values: Tensor, limit: int) -> list[int]:
    """Return the places of the `limit` values of largest magnitude, in their own order."""
    if len(values) <= limit:
        return list(range(len(values)))
    return sorted(values.abs().topk(limit).indices.tolist())


def omitted_terms(values: Tensor, shown: list[int]) -> OmittedTerms | None:
    """Return count and sum of the values that are not shown, None where all are."""
    if len(shown) == len(values):
        return None
    others = values.clone()
    others[shown] = 0
    return OmittedTerms(len(values) - len(shown), float(others.sum()))


def _term(call: LayerCall, step: ConvolutionStep, place: int) -> Summand:
    channel = step.first_channel + place
    window = padded_window(
        call.sources[0],
        channel,
        step.source_rows,
        step.source_columns,
        step.padded,
        step.window[place],
        weights=number_grid(step.kernel[place]),
        products=number_grid(step.products[place]),
    )
    return Summand(SentenceKey("term.channel", {"channel": channel}), float(step.channel_sums[place]), window=window)


def _how(weight: Tensor, groups: int) -> SentenceKey:
    if groups > 1:
        return SentenceKey(
            "how.depthwise" if weight.shape[1] == 1 else "how.grouped", {"channels": weight.shape[1], "groups": groups}
        )
    if weight.shape[2:].numel() == 1:
        return SentenceKey("how.pointwise", {"channels": weight.shape[1]})
    channels, rows, columns = weight.shape[1:]
    return SentenceKey("how.convolution", {"channels": channels, "rows": rows, "columns": columns})


def _formula(step: ConvolutionStep, terms: tuple[Summand, ...], rest: OmittedTerms | None, bias: float | None) -> str:
    if len(terms) == 1 and rest is None and step.products.numel() <= _MAX_WRITTEN_PRODUCTS:
        left = format_products(step.window.flatten().tolist(), step.kernel.flatten().tolist())
        return f"{left}{format_addend(bias)} = {format_number(step.total)}"
    return sum_formula(terms, rest, bias, step.total)


def sum_formula(terms: tuple[Summand, ...], rest: OmittedTerms | None, bias: float | None, result: float) -> str:
    """Return `0.5 − 2 + [504: 0.25] + 0.1 = −1.15`: the terms, the rest with its count, the bias, the value."""
    text = format_sum(term.value for term in terms)
    if rest is not None:
        text += f" + [{rest.count}: {format_number(rest.value)}]"
    return f"{text}{format_addend(bias)} = {format_number(result)}"


def _notes(step: ConvolutionStep, settings: dict[str, object]) -> tuple[SentenceKey, ...]:
    outside = int(step.padded.sum())
    return (SentenceKey(f"note.padding_{settings['padding_mode']}", {"cells": outside}),) if outside else ()
