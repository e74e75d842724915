"""The parts of the Compare page: the networks beside each other, their table, and the stopwatch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pandas as pd
import streamlit as st
import torch

from cnnviz.figures.comparison import conv_and_dense, last_window
from cnnviz.models.model import TrainedModel
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.spec_words import network_title
from cnnviz.options import format_value
from cnnviz.text import Text, load
from cnnviz.text.numbers import percent, short_number
from cnnviz.trace.cost import memory
from cnnviz.trace.record import Trace
from cnnviz.ui.core import asking, url
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.shell import guarded, language
from cnnviz.ui.inputs import own_network
from cnnviz.ui.inputs.links import OWN_NETWORK
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.inputs.option_widgets import select_options
from cnnviz.ui.pages.compare.comparisons import COMPARISONS, SLOTS, Contender
from cnnviz.ui.pages.compare.links import CHOSEN, NETWORKS, OPTIONS, OWN_IN, SAME_SIZE, SET
from cnnviz.zoo import ARCHITECTURES, architecture

TRAINING_BATCH = 128
RUNS = 5
_WHOLE = 99.5
"""The ratio from which on a whole number has three digits."""


def select_contenders(t: Text) -> list[tuple[str, ModelSpec]]:
    """Draw the choice of networks; return each with the words that tell it from the others."""
    menu, sizes = st.columns([2, 3], gap="medium")
    with menu:
        name = url.select(SET, t("set.label"), lambda name: t(f"set.{name}"))
    with sizes:
        size = url.select(
            SAME_SIZE,
            t("same_size.label"),
            lambda size: f"{size}×{size}" if size else t("same_size.own"),
            style="segments",
        )
    if name == CHOSEN:
        chosen = _select_own(t)
    else:
        if asking.reveal("answer", name):
            st.info(t(f"answer.{name}"), icon=":material/lightbulb:")
        chosen = [_network_of(contender) for contender in COMPARISONS[name]]
        for slot, contender in zip(SLOTS, COMPARISONS[name], strict=False):
            _remember(slot, contender)
    if size:
        chosen = [replace(network, input_shape=(network.input_shape[0], size, size)) for network in chosen]
    return list(zip(_labels(chosen), chosen, strict=True))


def traces(contenders: list[tuple[str, ModelSpec]]) -> list[tuple[str, ModelSpec, Trace]]:
    """Return the facts of each network; one that cannot be built says why and is left out."""
    found = []
    for label, network in contenders:
        with guarded():
            own_network.check_size(network)
            found.append((label, network, network.trace()))
    return found


def cost_table(compared: list[tuple[str, ModelSpec, Trace]], t: Text) -> pd.DataFrame:
    """Return a column per network and a row per number: what it takes, holds and costs."""
    columns = {}
    for label, network, trace in compared:
        field = last_window(trace)
        dense_share = conv_and_dense(trace, "num_params")[1] / max(trace.num_params, 1)
        columns[label] = {
            t("table.input"): "×".join(map(str, network.input_shape)),
            t("table.depth"): f"{trace.depth}",
            t("table.params"): f"{trace.num_params:,}",
            t("table.dense_share"): percent(dense_share),
            t("table.macs"): f"{trace.macs:,}",
            t("table.prediction"): f"{memory(trace).predict.total / 1e6:,.1f}",
            t("table.training", batch=TRAINING_BATCH): f"{memory(trace, TRAINING_BATCH).train.total / 1e6:,.0f}",
            t("table.field"): "×".join(map(str, field)) if field else "–",
        }
    return pd.DataFrame(columns)


def describe_costs(compared: list[tuple[str, ModelSpec, Trace]], t: Text) -> str:
    """Return who has the fewest parameters and multiply-adds, and how many times as many the one with the most has; ""
    for a network alone."""
    if len(compared) < 2:
        return ""
    return t.row(_describe_cost(measure, compared, t) for measure in ("num_params", "macs"))


def format_ratio(ratio: float) -> str:
    """Return a ratio above 1 with three digits, or as many as tell it from 1.

    >>> format_ratio(2252.3), format_ratio(758.6), format_ratio(1.25), format_ratio(1.0004)
    ('2,252', '759', '1.25', '1.0004')
    """
    if ratio >= _WHOLE:
        return f"{ratio:,.0f}"
    return next((said for digits in range(3, 12) if (said := f"{ratio:.{digits}g}") != "1"), "1")


def _describe_cost(measure: str, compared: list[tuple[str, ModelSpec, Trace]], t: Text) -> str:
    counts = sorted((getattr(trace, measure), escape_markdown(label)) for label, _, trace in compared)
    (least, first), (most, last) = counts[0], counts[-1]
    if least == most:
        return t(f"cost.{measure}.same", count=short_number(least))
    return t(
        f"cost.{measure}.differ",
        first=first,
        least=short_number(least),
        last=last,
        most=short_number(most),
        times=format_ratio(most / max(1, least)),
    )


def draw_stopwatch(compared: list[tuple[str, ModelSpec, Trace]], t: Text) -> None:
    """Draw, on request, the time that each network takes for one image on this machine."""
    if not st.button(t("time.button"), icon=":material/timer:"):
        return
    times: dict[str, float] = {}
    with HeavyWork("stopwatch", "stopwatch", t.language) as work:
        for position, (label, network, trace) in enumerate(compared):

            def tell(share: float, label: str = label, position: int = position) -> None:
                work.show((position + share) / len(compared), t("time.running", name=label))

            peak = 4 * trace.num_params + sum(layer.activation_bytes for layer in trace.layers)
            with guarded(), work.admitted((RUNS + 1) * trace.macs, peak):
                times[label] = 1000 * fastest_pass(network, tell=tell)
    if not times:
        return
    st.dataframe(
        pd.DataFrame({t("table.network"): list(times), t("table.seconds"): list(times.values())}),
        hide_index=True,
        column_config={
            t("table.seconds"): st.column_config.ProgressColumn(
                format="%.1f", min_value=0.0, max_value=max(times.values(), default=1.0)
            )
        },
    )
    st.caption(t("time.note", runs=RUNS))


def fastest_pass(network: ModelSpec, runs: int = RUNS, tell: Callable[[float], object] = lambda share: None) -> float:
    """Return the seconds of the fastest of several passes of one image, after one that does not count.

    `tell` hears after each pass which share of them is done.
    """
    model = cached_network(TrainedModel(network))
    image = torch.zeros(1, *network.input_shape)
    seconds = []
    with torch.inference_mode():
        for done in range(runs + 1):
            start = perf_counter()
            model(image)
            seconds.append(perf_counter() - start)
            tell((done + 1) / (runs + 1))
    return min(seconds[1:])


def _select_own(t: Text) -> list[ModelSpec]:
    chosen = []
    for slot, column in zip(SLOTS, st.columns(len(SLOTS)), strict=True):
        with column:
            name = url.select(
                NETWORKS[slot],
                t("slot.label", letter=slot.upper()),
                lambda name: _menu_title(name) if name else t("slot.none"),
            )
            if name == OWN:
                with guarded():
                    its_own = url.keep(OWN_IN[slot], url.value(OWN_IN[slot]))
                    text = its_own or url.keep(OWN_NETWORK, url.value(OWN_NETWORK))
                    own_network.draw_own_network(text)
                    chosen.append(own_network.own_spec(text))
            elif name:
                with st.expander(load("controls", t.language)("knobs")), guarded():
                    chosen.append(select_options(name, OPTIONS[slot][name], columns=1))
    return chosen


def _menu_title(name: str) -> str:
    return load("controls", language())("own.title") if name == OWN else ARCHITECTURES[name].title


def _remember(slot: str, contender: Contender) -> None:
    """Let "my own" begin with the ready-made comparison that the user came from."""
    url.put(NETWORKS[slot], contender.name)
    for option, value in contender.options.items():
        url.put(OPTIONS[slot][contender.name][option], value)


def _network_of(contender: Contender) -> ModelSpec:
    return ModelSpec.of(contender.name, contender.options, contender.size)


def _labels(chosen: list[ModelSpec]) -> list[str]:
    """Return the distinctions of each network: title, the options that its family differs in, and size."""
    labels = []
    for network in chosen:
        options = dict(network.options)
        family = [other for other in chosen if other.architecture == network.architecture]
        told = {name for other in family for name, value in other.options if value != options[name]}
        if network.definition is None:
            told |= set(architecture(network.architecture).changed(options))
        parts = [f"{name}={format_value(value)}" for name, value in options.items() if name in told]
        if len({other.input_shape for other in family}) > 1:
            parts.append(f"{network.input_shape[1]}×{network.input_shape[2]}")
        labels.append(" ".join([network_title(network, language()), *parts]))
    return [label if labels.count(label) == 1 else f"{label} ({'ABCD'[i]})" for i, label in enumerate(labels)]
