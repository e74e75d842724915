"""The upload of a user's own file of weights: stored once, checked against the network that is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_hex

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, parse_weights
from cnnviz.models.sources.upload import LONGEST_TITLE, UPLOADED
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.limits import profile
from cnnviz.text import load
from cnnviz.text.printable import printable
from cnnviz.ui.core import browser_key
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.model_cache import check_memory
from cnnviz.zoo.safetensors_header import read_header

_UPLOAD = "weights.own"
_COUNT = "weights.own.count"
_OWNER = "weights.own.owner"


@dataclass(frozen=True, slots=True)
class _Upload:
    """The file that this session uploaded last, or that the link names."""

    weights: WeightsRef = WeightsRef("file")  # noqa: RUF009 (frozen)
    error: UserError | None = None
    """The reason why it was refused."""


def draw_uploader(spec: ModelSpec) -> TrainedModel:
    """Draw the uploader; return the model with the user's weights, untrained until there is a file.

    Raises:
        UserError: a file that is no safetensors file, is stored no more, or whose tensors are not those of `spec`; its
            header alone has been read.
    """
    t = load("weights", language())
    limit = upload_limit() // 1_000_000
    count = st.session_state.setdefault(_COUNT, 0)
    file = st.file_uploader(
        t("file.label", limit=limit), key=f"weights.upload.{count}", help=t("file.help"), max_upload_size=limit
    )
    if file is not None:
        st.session_state[_UPLOAD] = _store(file.getvalue(), file.name)
        st.session_state[_COUNT] += 1  # another uploader, so that Streamlit lets go of its copy
        st.rerun()
    upload = _latest()
    weights = _with_digest(upload.weights)
    if not upload.weights.title:
        st.caption(t("file.waiting"))
        return TrainedModel(spec)
    if weights is None:
        st.warning(t("file.gone", name=escape_markdown(upload.weights.title)), icon=":material/upload_file:")
        return TrainedModel(spec)
    if upload.error is not None:
        raise upload.error
    st.caption(t("file.held", name=escape_markdown(upload.weights.title)))
    model = TrainedModel.of(weights, spec)
    told = model.info.pairing.describe(t) if model.info.pairing is not None else []
    if told:
        st.caption(escape_markdown(t.row(told)))
    check_memory(4 * spec.trace().num_params)
    return model


def linked() -> str:
    """Return the text by which a link names the user's file: without a name until there is one."""
    return WEIGHT_SOURCES["file"].format(_latest().weights)


def find_linked(text: str) -> str:
    """Look for the file that a link names by `text`, unless this session has it already; return its menu entry."""
    asked = parse_weights(text)
    if asked.name and not _latest().weights.name.startswith(asked.name):
        st.session_state[_UPLOAD] = _Upload(replace(asked, title=printable(asked.title)[:LONGEST_TITLE]))
    return asked.source


def upload_limit() -> int:
    """Return the largest size in bytes of a file that is uploaded."""
    megabytes: int = st.get_option("server.maxUploadSize")
    return megabytes * 1_000_000


def _latest() -> _Upload:
    upload: _Upload = st.session_state.get(_UPLOAD, _Upload())
    return upload


def _store(data: bytes, name: str) -> _Upload:
    """Store a file of weights; of any other, keep the reason why it is none."""
    title = printable(name)[:LONGEST_TITLE] or "?"
    try:
        read_header(data, upload_limit())
    except UserError as error:
        return _Upload(WeightsRef("file", title=title), error)
    return _Upload(WeightsRef("file", UPLOADED.put(data, file_owner()), title=title))


def _with_digest(weights: WeightsRef) -> WeightsRef | None:
    """Return the weights with the whole digest of their file; None where the file is not stored for this user."""
    if len(weights.name) == 64 or not weights.name:
        return weights
    digest = UPLOADED.find(weights.name, file_owner())
    if digest is None:
        return None
    found = replace(weights, name=digest)
    st.session_state[_UPLOAD] = _Upload(found)
    return found


def file_owner() -> str:
    """Return the owner of this session's files: its user's key, which outlives a reload, or the session alone."""
    if profile() == "local":
        return ""
    return browser_key.key() or st.session_state.setdefault(_OWNER, token_hex(16))
