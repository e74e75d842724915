"""The download of ImageNet weights, offered with its size where they are not in torchvision's cache."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.sources.imagenet import published_path
from cnnviz.models.spec import ModelSpec
from cnnviz.runs.limits import limits
from cnnviz.text import Text, load
from cnnviz.ui.core.markdown import error_markdown
from cnnviz.ui.core.shell import guarded, language
from cnnviz.ui.inputs.model_cache import check_memory
from cnnviz.zoo.imagenet import published_weights

if TYPE_CHECKING:
    from cnnviz.zoo.imagenet import PublishedFile

_PROGRESS_SECONDS = 0.2
"""Seconds between two pictures of the progress, and until a click on "cancel" is obeyed."""


def offer_weights(spec: ModelSpec) -> bool:
    """Return whether the published weights of the network are on this machine; draw the offer of a download if not."""
    entry = published_weights(spec.architecture, dict(spec.options))
    if entry is None:
        return False
    facts = entry.facts()
    if published_path(facts.name).is_file():
        return True
    t = load("weights", language())
    megabytes = round(facts.most_bytes / 1e6)
    try:
        limits().check_download(facts.name, facts.most_bytes)
    except UserError as error:
        st.info(error_markdown(error, t.language), icon=":material/download:")
        return False
    st.info(t("imagenet.absent", name=facts.name, megabytes=megabytes), icon=":material/download:")
    if st.button(t("imagenet.download", megabytes=megabytes), icon=":material/download:", key="imagenet.download"):
        with guarded():
            check_memory(4 * spec.trace().num_params)
            _download(facts, t)
            st.rerun()
    return False


def _download(facts: PublishedFile, t: Text) -> None:
    """Download while a bar moves; a click on "cancel" begins another run of the page, which ends this one.

    Raises:
        UserError: without network, or where something else came.
    """
    from cnnviz.data.download import RemoteFile, fetch_weights

    bar = st.progress(0.0, t("imagenet.progress", done=0, total=round(facts.most_bytes / 1e6)))
    cancel = st.empty()
    cancel.button(t("imagenet.cancel"), icon=":material/close:", key="imagenet.cancel")
    so_far, drawn = 0, monotonic()

    def arrived(number: int) -> None:
        nonlocal so_far, drawn
        so_far += number
        if monotonic() - drawn > _PROGRESS_SECONDS:
            drawn = monotonic()
            bar.progress(
                min(1.0, so_far / facts.most_bytes),
                t("imagenet.progress", done=round(so_far / 1e6), total=round(facts.most_bytes / 1e6)),
            )

    path = published_path(facts.name)
    try:
        fetch_weights(RemoteFile(facts.name, facts.most_bytes, "", (facts.url,), facts.sha256), path.parent, arrived)
    except Exception:
        bar.empty()
        cancel.empty()
        raise
