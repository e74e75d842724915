"""A reader's own file of weights: read once, held once, checked against the network that is shown."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import load
from cnnviz.ui.network import NetworkChoice, cached_trace, check_memory
from cnnviz.ui.shell import language, plain
from cnnviz.ui.weight_files import held_file, hold_file
from cnnviz.ui.weights import FILE, Weights

_OWN = "weights.own"
_COUNT = "weights.own.count"


def own_file(network: NetworkChoice) -> Weights:
    """The weights of the reader's file, untrained ones until there is a file.

    Raises:
        Refusal: a file whose tensors are not those of `network`; its header alone has been read.
    """
    from cnnviz.zoo import build
    from cnnviz.zoo.weights_file import LARGEST_FILE, check_weights_file

    t = load("weights", language())
    limit = LARGEST_FILE // 1_000_000
    count = st.session_state.setdefault(_COUNT, 0)
    file = st.file_uploader(
        t("file.label", limit=limit), key=f"weights.upload.{count}", help=t("file.help"), max_upload_size=limit
    )
    if file is not None:
        st.session_state[_OWN] = (hold_file(file.getvalue()), file.name)
        st.session_state[_COUNT] += 1  # another uploader, so that Streamlit lets go of its copy
        st.rerun()
    digest, name = st.session_state.get(_OWN, ("", ""))
    if not digest:
        st.caption(t("file.waiting"))
        return Weights()
    st.caption(t("file.held", name=plain(name)))
    expected = build(network.name, dict(network.options), network.input_shape, network.num_classes, device="meta")
    check_weights_file(held_file(digest), expected.state_dict())
    check_memory(4 * cached_trace(network).num_params)
    return Weights(FILE, digest)
