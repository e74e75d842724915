"""The maps to take away: raw numbers, the facts of how each was made, and the Python that makes it again."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap
from cnnviz.ui.pages.saliency.map_request import attribution_of
from cnnviz.ui.pages.saliency.subject import SaliencyInput, logits

if TYPE_CHECKING:
    from cnnviz.attribution import Attribution

ComputedMap = tuple[ComparedMap, "Attribution"]


def draw_downloads(maps: Sequence[ComputedMap], t: Text) -> None:
    """One archive of all maps, and the Python of each to be read; pictures are saved on the canvas."""
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
    """The archive of maps that the cache still holds, or that are made again: no session keeps them for a click."""
    return archive([(pane, attribution_of(pane.case)) for pane in panes])


def file_names_of(maps: Sequence[ComputedMap]) -> list[str]:
    """What the files of each map are called."""
    return [
        f"{place}-{found.method}-{re.sub(r'[^A-Za-z0-9.]+', '_', pane.title).strip('_') or 'map'}"[:60]
        for place, (pane, found) in enumerate(maps, 1)
    ]


def archive(maps: Sequence[ComputedMap]) -> bytes:
    """A zip with `.npz`, `.json` and `.py` of each map."""
    from cnnviz.attribution.export import facts_of, npz_bytes

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for (pane, found), name in zip(maps, file_names_of(maps), strict=True):
            subject = pane.case.subject
            facts = facts_of(found, subject.model(), **link_query(subject), baseline_name=pane.case.baseline.name)
            packed.writestr(f"{name}.npz", npz_bytes(found, subject.image(), logits(subject)[found.target.index]))
            packed.writestr(f"{name}.json", json.dumps(facts, indent=1))
            packed.writestr(f"{name}.py", python_of((pane, found), name))
    return file.getvalue()


def link_query(subject: SaliencyInput) -> dict[str, object]:
    """The network and the image as links name them."""
    return {
        "network": subject.network.query() | subject.weights.query(),
        "image": subject.picture.query(),
        "painted": subject.strokes,
    }


def python_of(one: ComputedMap, name: str) -> str:
    """The Python that makes a map again from its archive."""
    from cnnviz.attribution.export import script

    pane, found = one
    return script(found, network_python(pane.case.subject), f"{name}.npz")


def network_python(subject: SaliencyInput) -> str:
    """The Python that leaves the network in `model`."""
    network, weights = subject.network, subject.weights
    if weights.kind == "checkpoint":
        return (
            "from cnnviz.checkpoints import build_network, checkpoint\n\n"
            f"model = build_network(checkpoint({weights.name!r}))"
        )
    seed = f", seed={weights.seed}" if weights.kind == "untrained" else ""
    built = (
        f"model = build({network.name!r}, {dict(network.options)!r}, {network.input_shape}, "
        f"{network.num_classes}{seed})"
    )
    if weights.kind == "untrained":
        return f"from cnnviz.zoo import build\n\n{built}"
    if weights.kind == "run":
        return (
            "from cnnviz.runs import RunStore\nfrom cnnviz.runs.checkpoint import read_weights\n"
            f"from cnnviz.zoo import build\n\n{built}\n"
            f"model.load_state_dict(read_weights(RunStore().find({weights.name!r}).folder, {weights.step}))\n"
            "model.eval()"
        )
    if weights.kind == "imagenet":
        return (
            "from pathlib import Path\n\nfrom torch.hub import get_dir\n\nfrom cnnviz.zoo import build\n"
            "from cnnviz.zoo.imagenet import published, read_published\n"
            "from cnnviz.zoo.torchvision_weights import load_torchvision\n\n"
            f"facts = published({network.name!r}, {dict(network.options)!r}).facts()\n"
            f"{built}\n"
            'load_torchvision(model, read_published(Path(get_dir()) / "checkpoints" / facts.name, facts))\n'
            "model.eval()"
        )
    return (
        "from pathlib import Path\n\nfrom cnnviz.zoo import build\n"
        "from cnnviz.zoo.weight_conventions import conventions\n"
        "from cnnviz.zoo.weights_file import read_weights_file\n\n"
        f"{built}\n"
        'data = Path("weights.safetensors").read_bytes()  # your file\n'
        f"others = conventions({network.name!r}, {dict(network.options)!r})\n"
        "model.load_state_dict(read_weights_file(data, model.state_dict(), lambda: others, most_bytes=None))\n"
        "model.eval()"
    )
