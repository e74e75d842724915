"""The maps to take away: raw numbers, the facts of how each was made, and the Python that makes it again."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from functools import partial

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.attribution.export import export_metadata, export_script, npz_bytes
from cnnviz.text import Text
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap
from cnnviz.ui.pages.saliency.map_request import attribution_of
from cnnviz.ui.pages.saliency.subject import SaliencyInput, logits

ComputedMap = tuple[ComparedMap, "Attribution"]


def draw_downloads(maps: Sequence[ComputedMap], t: Text) -> None:
    """Draw the download of one archive of all maps, and the Python of each to be read."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("export.zip"),
            partial(_archive_of, [pane for pane, _ in maps]),
            "cnnviz-maps.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
            help=t("export.help"),
            key="export.zip",
        )
        with st.popover(t("export.python"), icon=":material/code:"):
            names, titles = file_names_of(maps), [pane.title for pane, _ in maps]
            place = st.selectbox(t("table.map"), range(len(maps)), format_func=titles.__getitem__, key="export.map")
            st.code(python_of(maps[place], names[place]), language="python")


def _archive_of(panes: Sequence[ComparedMap]) -> bytes:
    """Return the archive of maps that the cache still holds, or that are made again: no session keeps them for
    a click."""
    return archive([(pane, attribution_of(pane.case)) for pane in panes])


def file_names_of(maps: Sequence[ComputedMap]) -> list[str]:
    """Return the file name of each map."""
    return [
        f"{place}-{found.method}-{re.sub(r'[^A-Za-z0-9.]+', '_', pane.title).strip('_') or 'map'}"[:60]
        for place, (pane, found) in enumerate(maps, 1)
    ]


def archive(maps: Sequence[ComputedMap]) -> bytes:
    """Return a zip with `.npz`, `.json` and `.py` of each map."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for (pane, found), name in zip(maps, file_names_of(maps), strict=True):
            subject = pane.case.subject
            facts = export_metadata(
                found, subject.network(), **link_query(subject), baseline_name=pane.case.baseline.name
            )
            packed.writestr(f"{name}.npz", npz_bytes(found, subject.input(), logits(subject)[found.target.index]))
            packed.writestr(f"{name}.json", json.dumps(facts, indent=1))
            packed.writestr(f"{name}.py", python_of((pane, found), name))
    return file.getvalue()


def link_query(subject: SaliencyInput) -> dict[str, object]:
    """Return the network and the image as links name them."""
    return {
        "network": subject.model.to_url(),
        "image": subject.image.to_url(),
        "painted": subject.strokes,
    }


def python_of(one: ComputedMap, name: str) -> str:
    """Return the Python that makes a map again from its archive."""
    pane, found = one
    return export_script(found, pane.case.subject.model.python(), f"{name}.npz")
