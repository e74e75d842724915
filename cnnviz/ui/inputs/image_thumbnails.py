"""The images of a set to select from: a row of thumbnails, and behind a button all of them, filtered, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui.components.image_grid.image_grid_view import ImageTile, draw_image_grid
from cnnviz.ui.components.image_grid.image_sprite import ImageSprite, make_sprite
from cnnviz.ui.core import shell, url
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.links import ANY_CLASS, IMAGE, NUMBER, ONLY_CLASS, ONLY_RESULT

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.models import TrainedModel
    from cnnviz.train.predictions import Predictions

ROW, PAGE = 9, 28
"""Thumbnails in the row, and on a page of the grid."""
_SIDE_IN_ROW = 34
_PAGE_OF = "image.page"
"""The page of the grid that the user turned to, beside what it was a page of."""


@dataclass(frozen=True, slots=True)
class MatchingImages:
    """The images of a set that the filters leave."""

    entry: Dataset
    numbers: tuple[int, ...]
    answers: Predictions | None
    """Of the first images, where right or wrong was asked for."""

    def around(self, number: int, count: int) -> tuple[int, ...]:
        """Return the piece of `count` images in which `number` is; the first where it is in none."""
        place = self.numbers.index(number) if number in self.numbers else 0
        first = count * (place // count)
        return self.numbers[first : first + count]


@shell.fragment()
def draw_thumbnails(model: TrainedModel, name: str, entry: Dataset, number: int, own: tuple[str, ...]) -> None:
    """Draw the row and the button of all images of the set `name`; the page runs again once another one is selected.

    `own` are the ways to an image of the user's own, each a button too.
    """
    if (st.session_state.get(IMAGE.name), st.session_state.get(NUMBER.name)) != (name, number):
        st.rerun()
    t = load("picture", language())
    with st.container(key="thumbs", horizontal=True, vertical_alignment="center", gap="small"):
        row = st.container(key="thumbs.row")
        more = st.popover(
            t("thumbs.more"), icon=":material/photo_library:", key="thumbs.more", on_change="rerun", type="tertiary"
        )
    with more:
        only, result = _select_filters(model, name, entry, t)
    with row:  # where the wait for predictions is in sight
        found = _find_matching(model, name, entry, only, result)
        _draw_tiles(found, name, found.around(number, ROW), number, t, row=True)
    with more:
        if found.answers is not None:
            st.caption(t("thumbs.first", done=f"{len(found.answers):,}", count=f"{entry.num_test:,}"))
        if not found.numbers:
            st.info(t("thumbs.none"))
        elif more.open:
            _draw_page(found, name, number, t)
        url.number(NUMBER, t("number.label"), most=entry.num_test - 1, held=True, help=t("number.help"))
        with st.container(horizontal=True, gap="small"):
            for way in own:
                st.button(t(f"{way}.title"), key=f"thumbs.{way}", on_click=url.put, args=(IMAGE, way))


def _select_filters(model: TrainedModel, name: str, entry: Dataset, t: Text) -> tuple[int, str]:
    """Draw the filters: the class, and right or wrong where the network was trained on this set."""
    classes, results = st.columns(2)
    with classes:
        only = url.select(
            ONLY_CLASS.among((ANY_CLASS, *range(entry.num_classes))),
            t("thumbs.class"),
            lambda index: t("thumbs.any") if index == ANY_CLASS else entry.class_name(index, t.language),
            held=True,
        )
    if name != model.info.dataset or not model.source.is_trained:
        return only, ONLY_RESULT.default
    with results:
        described = {one: t(f"thumbs.{one}") for one in ("any", "right", "wrong")}
        return only, url.select(ONLY_RESULT, t("thumbs.result"), described.__getitem__, style="segments", held=True)


def _find_matching(model: TrainedModel, name: str, entry: Dataset, only: int, result: str) -> MatchingImages:
    from cnnviz.ui.inputs.prediction_cache import first_predictions

    labels, answers = cached_test_images(name, None).labels, None
    kept = labels.new_ones(len(labels)).bool()
    if only != ANY_CLASS:
        kept = labels == only if labels.ndim == 1 else labels[:, only] > 0.5
    if result != ONLY_RESULT.default:
        with shell.guarded():
            answers = first_predictions(model)
        if answers is not None:
            kept = kept[: len(answers)] & (answers.right() == (result == "right"))
    return MatchingImages(entry, tuple(kept.nonzero().flatten().tolist()), answers)


def _draw_page(found: MatchingImages, name: str, number: int, t: Text) -> None:
    """Draw one page of the grid, with the way to the next; it begins with the page of the selected image."""
    key = (name, found.numbers, number)
    pages = -(-len(found.numbers) // PAGE)
    turned, page = st.session_state.get(_PAGE_OF, (None, 0))
    if turned != key:
        page = found.numbers.index(number) // PAGE if number in found.numbers else 0
    page = min(page, pages - 1)
    shown = found.numbers[PAGE * page : PAGE * (page + 1)]
    _draw_tiles(found, name, shown, number, t, row=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        first = PAGE * page
        st.caption(
            t(
                "thumbs.range",
                first=f"{first + 1:,}",
                last=f"{first + len(shown):,}",
                count=f"{len(found.numbers):,}",
            )
        )
        for step, icon in ((-1, ":material/chevron_left:"), (1, ":material/chevron_right:")):
            st.button(
                t("thumbs.previous" if step < 0 else "thumbs.next"),
                key=f"thumbs.page.{step}",
                icon=icon,
                type="tertiary",
                disabled=not 0 <= page + step < pages,
                on_click=_turn,
                args=(key, page + step),
            )


def _draw_tiles(found: MatchingImages, name: str, numbers: tuple[int, ...], chosen: int, t: Text, *, row: bool) -> None:
    if not numbers:
        return
    draw_image_grid(
        [_tile(found, name, number, t, row) for number in numbers],
        cached_sprite(name, numbers),
        key="thumbs.strip" if row else "thumbs.grid",
        label=t("thumbs.list"),
        chosen=chosen if chosen in numbers else None,
        on_image=_select,
        row=row,
        **({"side": _SIDE_IN_ROW} if row else {}),
    )


def _tile(found: MatchingImages, name: str, number: int, t: Text, row: bool) -> ImageTile:
    images, entry = cached_test_images(name, None), found.entry
    label = t.listed(entry.class_name(index, t.language) for index in images.classes_of(number))
    label = label or t("thumbs.no_class")
    lines = () if row else (label,)
    if found.answers is None:
        return ImageTile(number, t("thumbs.tile", number=number, label=label), lines)
    predicted = found.answers.predicted()[number]
    classes = [int(predicted)] if predicted.ndim == 0 else predicted.nonzero().flatten().tolist()
    given = t.listed(entry.class_name(index, t.language) for index in classes) or t("thumbs.no_class")
    if not row and not bool(found.answers.right()[number]):
        lines = (f"{label} → {given}",)
    return ImageTile(number, t("thumbs.predicted", number=number, label=label, given=given), lines)


@st.cache_data(max_entries=64, show_spinner=False)
def cached_sprite(name: str, numbers: tuple[int, ...]) -> ImageSprite:
    """Return the thumbnails of images of the test set `name`."""
    images = cached_test_images(name, None).images
    return make_sprite([images[number] for number in numbers])


def _select(number: int) -> None:
    url.put(NUMBER, number)


def _turn(key: object, page: int) -> None:
    st.session_state[_PAGE_OF] = key, page
