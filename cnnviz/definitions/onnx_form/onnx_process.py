"""The process that reads an ONNX file: a crash, an endless loop or a flood of memory ends it and nothing else.

Its input is the file, its output a safetensors file of the network with its weights, or an error as JSON.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from importlib.util import find_spec
from threading import Lock

from cnnviz.errors import UserError

SECONDS = 60
MEMORY = 8_000_000_000
"""Bytes of address space, of which torch's libraries take most."""
_REFUSED = 3
_one_at_a_time = Lock()
"""Each such process takes the memory of torch's libraries."""


def convert_onnx(data: bytes) -> bytes:
    """Return the safetensors file of the network in an ONNX file.

    Raises:
        UserError: what of the file cannot be read, or `onnx_broken` where its process ended otherwise.
    """
    if find_spec("onnx") is None:
        raise UserError("onnx_needs")
    command = [sys.executable, "-m", "cnnviz.definitions.onnx_form.onnx_process"]
    try:
        with _one_at_a_time:
            done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UserError("onnx_broken") from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode == _REFUSED:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            refused = json.loads(done.stdout)
            raise UserError(str(refused["key"]), **refused["values"])
    raise UserError("onnx_broken")


def _safetensors(data: bytes) -> bytes:
    import torch

    from cnnviz.definitions.defined_network import build
    from cnnviz.definitions.onnx_form.onnx_reader import read_onnx
    from cnnviz.definitions.weights_form import to_safetensors

    definition, state = read_onnx(data)
    expected = build(definition, device="meta").state_dict()
    for name, tensor in expected.items():
        if name not in state or tuple(state[name].shape) != tuple(tensor.shape):
            raise UserError("onnx_tensor", name=name)
    return to_safetensors(definition, {name: torch.from_numpy(state[name].copy()) for name in expected})


def _limit() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the file from the input; return 0, or 3 for one that is refused."""
    _limit()
    try:
        sys.stdout.buffer.write(_safetensors(sys.stdin.buffer.read()))
    except UserError as error:
        plain = (int, float, list)
        values = {name: value if isinstance(value, plain) else str(value) for name, value in error.values.items()}
        sys.stdout.write(json.dumps({"key": error.key, "values": values}))
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
