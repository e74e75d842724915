"""The parts of the operations page: the tab, the example, its settings, the board, the formulas and the PyTorch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.figures.function_curves import curve_alt, curve_figure
from cnnviz.options import Kind, Option, Pair, Typed, applies
from cnnviz.text import Text, load
from cnnviz.ui.components.figure import draw_chart, page_object
from cnnviz.ui.core import url
from cnnviz.ui.core.forms import draw_control, with_labels
from cnnviz.ui.core.markdown import error_markdown
from cnnviz.ui.pages.operations.board import Board, Tab
from cnnviz.ui.pages.operations.component import draw_board
from cnnviz.ui.pages.operations.editing import edited_settings, fitting_settings
from cnnviz.ui.pages.operations.links import PRESETS, SETTINGS, TAB
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.table import TABS

COLUMNS = 4
LABEL_ROOM = 22
"""Letters that fit beside each other in one column of the page."""


def select_tab(t: Text) -> Tab:
    """Draw the menu of operations; return the tab of the chosen one."""
    return TABS[url.select(TAB, t("pick"), lambda name: t(f"tab.{name}"), style="pills")]


def select_preset(tab: Tab, t: Text, words: Text) -> dict[str, Any]:
    """Draw the menu of examples, and the sentence and link of the chosen one; return every setting as it has it."""
    chosen = url.select(
        PRESETS[tab.name],
        t("try"),
        lambda name: words(f"preset.{name}.label"),
        style="pills",
        on_change=_reset,
        args=(tab,),
    )
    link = f"?{TAB.name}={tab.name}&{PRESETS[tab.name].name}={chosen}&lang={t.language}"
    st.markdown(f"{words(f'preset.{chosen}.answer')} [{t('link')}]({link})")
    return tab.preset(chosen)


def draw_settings(tab: Tab, usual: Mapping[str, Any], t: Text) -> dict[str, Any]:
    """Draw the controls of `tab` that apply and return what all hold; the URL keeps what differs from the example."""
    params = {name: param.usual(usual[name]) for name, param in SETTINGS[tab.name].items()}
    held = {name: url.value(param) for name, param in params.items()}
    _fit_weights(tab, held)
    shown = [setting for setting in tab.settings if applies(setting, held)]
    for row in batched(shown, COLUMNS):
        for cell, setting in zip(st.columns(COLUMNS), row, strict=False):
            with cell:
                held[setting.name] = _draw_setting(tab, setting, t)
    for setting in tab.settings:
        if setting not in shown:
            url.put(params[setting.name], held[setting.name])
        url.keep(params[setting.name], held[setting.name])
    if any(held[setting.name] != usual[setting.name] for setting in tab.settings):
        st.button(t("reset"), icon=":material/undo:", on_click=_reset, args=(tab,))
    return held


def batched(settings: Sequence[Option], size: int) -> Iterator[Sequence[Option]]:
    """Yield the settings in rows of `size`."""
    for first in range(0, len(settings), size):
        yield settings[first : first + size]


def compute_board(tab: Tab, held: dict[str, Any], usual: Mapping[str, Any], t: Text) -> Board:
    """Return the board of what the controls hold, or, with a sentence on what is wrong, of the last settings that
    worked."""
    try:
        board = tab.compute(tab.values(held))
    except UserError as error:
        st.error(error_markdown(_labelled(error, t), t.language), icon=":material/error:")
        last = st.session_state.get(_good_key(tab), dict(usual))
        st.caption(t("last_good"))
        return tab.compute(tab.values(last))
    st.session_state[_good_key(tab)] = dict(held)
    return board


def _labelled(error: UserError, t: Text) -> UserError:
    """Return `error` with a setting called as its control is."""
    return with_labels(error, lambda name: t(f"setting.{name}") if f"setting.{name}" in t else name)


def _draw_setting(tab: Tab, setting: Option, t: Text) -> Any:
    """Draw the control of a setting, whose value stands in the session under `<tab>.<setting>`."""
    kind, label = setting.kind, t(f"setting.{setting.name}")
    labels = {choice: _choice_label(setting, choice, t) for choice in setting.choices}
    side_by_side = sum(map(_label_width, labels.values())) <= LABEL_ROOM
    return draw_control(
        setting,
        f"{tab.name}.{setting.name}",
        label,
        help=_typing_help(kind, t),
        describe=lambda choice: labels[choice],
        side_by_side=side_by_side,
        longest=kind.longest if isinstance(kind, Typed) else None,
    )


def _choice_label(setting: Option, choice: str, t: Text) -> str:
    word = f"value.{setting.name}.{choice}"
    return t(word) if word in t else choice


def _label_width(label: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in label) + 3


def _typing_help(kind: Kind[Any], t: Text) -> str | None:
    if isinstance(kind, Numbers):
        return t(f"help.numbers{kind.depth}")
    if isinstance(kind, Pair):
        return t("help.pair_same" if "same" in kind.words else "help.pair")
    return None


def _good_key(tab: Tab) -> str:
    return f"{tab.name}.good"


def draw_grids(tab: Tab, board: Board, held: Mapping[str, Any], usual: Mapping[str, Any], t: Text) -> None:
    """Draw the grids, with hovering, stepping and editing; no session keeps the numbers of the board for the last."""

    def on_edit(grid: str, place: int, value: float) -> None:
        shown = tab.compute(tab.values(st.session_state.get(_good_key(tab), dict(usual))))
        for name, text in edited_settings(tab, shown, held, shown.grid(grid), place, value).items():
            url.put(SETTINGS[tab.name][name], text)

    with page_object("board", t, caption=t(f"tab.{tab.name}"), steps="drawing"):
        draw_board(board, t, f"board-{tab.name}", on_edit)


def draw_formulas(tab: Tab, board: Board, t: Text) -> None:
    """Draw formulas with their numbers, the curve where there is one, and the same in PyTorch."""
    if board.curves:
        draw_chart(
            curve_figure(board.curves, t),
            key=f"{tab.name}.curve",
            alt=curve_alt(board.curves, t),
            t=t,
            caption=t(f"tab.{tab.name}"),
        )
    formulas, code = st.columns(2, gap="large")
    with formulas, page_object("formulas", t, caption=t(f"tab.{tab.name}")):
        st.header(t("facts"))
        for fact in board.facts:
            st.markdown(f"{t(f'fact.{fact.label}')}  \n`{fact.formula}`")
    with code:
        st.header(t("code"))
        st.code(board.code, language="python", wrap_lines=True)


def tab_text(tab: Tab, t: Text) -> Text:
    """Return the words of one tab."""
    return load(f"operations/{tab.name}", t.language)


def _fit_weights(tab: Tab, held: dict[str, Any]) -> None:
    """Make weights random that no longer fit a newly chosen source of the input."""
    if "from" not in held:
        return
    key = f"{tab.name}.was"
    if st.session_state.get(key, held["from"]) != held["from"]:
        for name, value in fitting_settings(tab, held, "from").items():
            held[name] = value
            url.put(SETTINGS[tab.name][name], value)
    st.session_state[key] = held["from"]


def _reset(tab: Tab) -> None:
    """Put every setting back to the value of the chosen example."""
    usual = tab.preset(st.session_state.get(PRESETS[tab.name].name) or tab.presets[0].name)
    for name, param in SETTINGS[tab.name].items():
        url.put(param, usual[name])
