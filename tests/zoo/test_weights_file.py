"""A user's safetensors file: what fits comes out as it went in, and everything else is one sentence."""

import io
import json

import pytest
import torch
from safetensors.torch import save

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.zoo import build
from cnnviz.zoo.safetensors_header import LARGEST_FILE, LONGEST_HEADER
from cnnviz.zoo.weights_file import read_weights_file

NETWORK = build("lenet", {"width": 0.25, "batch_norm": "full"}, seed=4)
STATE = NETWORK.state_dict()
META = build("lenet", {"width": 0.25, "batch_norm": "full"}, device="meta").state_dict()
FILE = save(STATE)


def _parts(data: bytes = FILE) -> tuple[dict, bytes]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def _file(header: object, tensors: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + tensors


def _changed(name: str = "conv1.bias", **facts: object) -> bytes:
    header, tensors = _parts()
    header[name] |= facts
    return _file(header, tensors)


def _pickled() -> bytes:
    stream = io.BytesIO()
    torch.save(STATE, stream)
    return stream.getvalue()


def test_what_was_saved_comes_back() -> None:
    read = read_weights_file(save(STATE, {"architecture": "lenet"}), META)
    assert list(read) == list(META)
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floating_types_become_the_network_s(dtype: torch.dtype) -> None:
    stored = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in STATE.items()}
    read = read_weights_file(save(stored), META)
    assert read["fc1.weight"].dtype == torch.float32
    assert torch.equal(read["fc1.weight"], stored["fc1.weight"].float())


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "weights_empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "weights_format"),
        (b"GIF", "weights_format"),
        (_pickled(), "weights_pickle"),
        (b"\x80\x02}q\x00.", "weights_pickle"),
        (FILE[:-1], "weights_cut"),
        (FILE[:40], "weights_cut"),
        (FILE + b"\0", "weights_long"),
        (_file(b"{" * 5000, b""), "weights_format"),
        (_file(b"{nonsense}", b""), "weights_format"),
        (_file(b'{"a": 1, "a": 2}', b""), "weights_format"),
        (_file(b'{"\xff": 1}', b""), "weights_format"),
        ((LONGEST_HEADER + 1).to_bytes(8, "little") + b"{" + b" " * 50, "weights_format"),
        (save({**STATE, "extra.weight": torch.zeros(2)}), "weights_surplus"),
        (b"\x00\x00\x10\x00\x00\x00\x00\x00{" + bytes(2**20 + 9), "weights_header"),
        (save({name: tensor for name, tensor in STATE.items() if name != "fc3.bias"}), "weights_missing"),
        (save(build("lenet", {"batch_norm": "full"}).state_dict()), "weights_shape"),
        (_changed(dtype="I8"), "weights_format"),  # a quarter of the bytes that it has
        (_changed(dtype=["F32"]), "weights_format"),
        (_changed(dtype="F128"), "weights_type"),
        (_changed(shape=[-1]), "weights_format"),
        (_changed(shape=[1.0]), "weights_format"),
        (_changed(shape=3), "weights_format"),
        (_changed(data_offsets=[0, 10**15]), "weights_format"),
        (_changed(data_offsets=[0]), "weights_format"),
        (_changed(data_offsets=[8, 12]), "weights_format"),  # where another tensor lies
        (save(STATE | {"fc1.bias": torch.full_like(STATE["fc1.bias"], torch.nan)}), "weights_infinite"),
    ],
)
def test_any_other_file_is_one_sentence(data: bytes, key: str) -> None:
    with pytest.raises(UserError) as caught:
        read_weights_file(data, META)
    assert caught.value.key == key
    assert all(caught.value.describe(language) for language in LANGUAGES)


def test_a_shape_that_would_need_terabytes_is_refused_before_anything_is_allocated() -> None:
    with pytest.raises(UserError) as caught:
        read_weights_file(_changed(shape=[10**12], data_offsets=[0, 4 * 10**12]), META)
    assert caught.value.key == "weights_format"


def test_a_file_beyond_the_limit_is_refused_by_its_length() -> None:
    class Long(bytes):
        def __len__(self) -> int:
            return LARGEST_FILE + 1

    with pytest.raises(UserError, match="50 MB"):
        read_weights_file(Long(FILE[:99]), META)
