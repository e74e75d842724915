"""The table of blocks: a row for each node, and the form of the chosen one; the text follows where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
import streamlit as st

from cnnviz.definitions import NetworkDefinition
from cnnviz.definitions.diagnosis import Diagnosis
from cnnviz.definitions.shape_clash import times
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.errors import UserError
from cnnviz.text import Text, load
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.pages.own import block_edits, own_session
from cnnviz.ui.pages.own.own_reading import read_network, traced

_ROW, _TABLE, _KIND, _SETTINGS, _INPUTS = (f"own.block.{name}" for name in ("row", "table", "kind", "is", "reads"))
_SHOWN, _REFUSED = "own.block.shown", "own.block.refused"
TABLE_HEIGHT = 330


def draw_blocks(t: Text) -> None:
    """Draw the blocks of the network that the text defines, and what can be done with the chosen one."""
    try:
        reading = read_network()
    except UserError:
        st.caption(t("blocks.unread"))
        return
    network, found = reading.definition, reading.found
    index = min(max(0, st.session_state.get(_ROW, 0)), len(network.nodes) - 1)
    st.session_state[_ROW] = index
    _draw_table(network, found, t)
    st.selectbox(t("blocks.row"), range(len(network.nodes)), key=_ROW, format_func=lambda at: _row_title(network, at))
    _draw_form(network, index, t)
    refused: UserError | None = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        draw_failure(refused)


def block_rows(network: NetworkDefinition, found: Diagnosis, t: Text) -> pd.DataFrame:
    """Return a row for each block; sizes are empty behind a break."""
    shapes = found.shapes
    fields = [] if found.reached is None else [row.receptive_field.size for row in traced(found).layers]
    count, reached = len(network.nodes), len(shapes.given)
    words = load("pages/architectures", t.language)

    def padded(values: list[int | None]) -> Any:
        return pd.array([*values, *([None] * (count - len(values)))], dtype="Int64")

    same = len(fields) == reached
    return pd.DataFrame(
        {
            t("blocks.number"): range(1, count + 1),
            t("blocks.kind"): [node.operation for node in network.nodes],
            t("blocks.settings"): [block_edits.written_settings(node) for node in network.nodes],
            t("blocks.inputs"): [block_edits.written_inputs(node) for node in network.nodes],
            words("table.shape"): [times(shapes.given[at]) if at < reached else "" for at in range(count)],
            words("table.params"): padded(list(shapes.parameters)),
            words("table.macs"): padded(list(shapes.macs)),
            words("table.field"): padded([size[0] if size else None for size in fields] if same else []),
        }
    )


def _draw_table(network: NetworkDefinition, found: Diagnosis, t: Text) -> None:
    st.dataframe(
        block_rows(network, found, t),
        hide_index=True,
        height=TABLE_HEIGHT,
        placeholder="",
        key=_TABLE,
        on_select=_picked,
        selection_mode="single-row",
    )


def _picked() -> None:
    rows = st.session_state[_TABLE]["selection"]["rows"]
    if rows:
        st.session_state[_ROW] = int(rows[0])


def _row_title(network: NetworkDefinition, index: int) -> str:
    node = network.nodes[index]
    return " · ".join(part for part in (str(index + 1), node.operation, block_edits.written_settings(node)) if part)


def _draw_form(network: NetworkDefinition, index: int, t: Text) -> None:
    node = network.nodes[index]
    if st.session_state.get(_SHOWN) != (index, node):  # another block, or the same after an edit
        st.session_state[_SHOWN] = (index, node)
        st.session_state[_KIND] = node.operation
        st.session_state[_SETTINGS] = block_edits.written_settings(node)
        st.session_state[_INPUTS] = block_edits.written_inputs(node)
    kind = st.selectbox(t("blocks.kind"), tuple(OPERATION_TABLE), key=_KIND)
    names = [rule.name for rule in OPERATION_TABLE[kind].settings if not rule.required]
    needed = [rule.name for rule in OPERATION_TABLE[kind].settings if rule.required]
    st.text_input(t("blocks.settings"), key=_SETTINGS, max_chars=300)
    if needed:
        st.caption(t("blocks.needed", names=t.listed(needed)))
    if names:
        st.caption(t("blocks.optional", names=t.listed(names)))
    st.text_input(t("blocks.inputs"), key=_INPUTS, max_chars=100, help=t("blocks.inputs_help"))
    last = len(network.nodes) - 1
    down = index < last and block_edits.can_move_up(network, index + 1)
    up = block_edits.can_move_up(network, index)
    edits = block_edits
    with st.container(horizontal=True):
        _button(t("blocks.apply"), "check", lambda: _typed(network, index), index, style="primary")
        _button(t("blocks.add"), "add", lambda: edits.added(network, index), index + 1)
        _button(t("blocks.copy"), "content_copy", lambda: edits.duplicated(network, index), index + 1)
        _button(t("blocks.up"), "arrow_upward", lambda: edits.moved_up(network, index), index - 1, off=not up)
        _button(t("blocks.down"), "arrow_downward", lambda: edits.moved_up(network, index + 1), index + 1, off=not down)
        _button(t("blocks.delete"), "delete", lambda: edits.deleted(network, index), max(0, index - 1), off=not last)


def _typed(network: NetworkDefinition, index: int) -> NetworkDefinition:
    settings = block_edits.parse_settings(str(st.session_state[_SETTINGS]))
    inputs = block_edits.parse_inputs(str(st.session_state[_INPUTS]), index)
    return block_edits.edited(network, index, st.session_state[_KIND], settings, inputs)


def _button(
    label: str,
    icon: str,
    edit: Callable[[], NetworkDefinition],
    then: int,
    *,
    style: Literal["primary", "secondary"] = "secondary",
    off: bool = False,
) -> None:
    def pressed() -> None:
        try:
            own_session.take_definition(edit())
            st.session_state[_ROW] = then
        except UserError as error:
            st.session_state[_REFUSED] = error

    st.button(label, icon=f":material/{icon}:", type=style, on_click=pressed, disabled=off)
