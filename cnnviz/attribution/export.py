"""Exports of a map: its raw numbers, metadata for JSON, and a Python script that computes it again."""

import hashlib
import io
import platform
import re
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np
from torch import Tensor, nn

from cnnviz.attribution.base import Method
from cnnviz.attribution.result import Attribution
from cnnviz.attribution.table import METHODS

LIBRARIES = ("torch", "captum", "numpy")


def model_hash(model: nn.Module) -> str:
    """Return the SHA-256 of every parameter and buffer with its name, in the order of the names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name}/{tensor.dtype}/{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def export_metadata(found: Attribution, model: nn.Module, **more: Any) -> dict[str, Any]:
    """Return plain values for JSON: everything but the numbers of the map; `more` is put first."""
    target, complete = found.target, found.completeness
    return {
        **more,
        "method": found.method,
        "options": dict(found.options),
        "seed": found.seed,
        "layer": found.layer,
        "target": target.index,
        "minus": target.minus,
        "probability": target.probability,
        "independent": target.independent,
        "output": found.output,
        "shape": list(found.values.shape),
        "signed": found.signed,
        "computed_by": found.computed_by,
        "corrected": found.describe_computed_by() if found.corrected else None,
        "baseline": found.baseline is not None,
        "completeness": None
        if complete is None
        else {
            "sum": complete.total,
            "difference": complete.difference,
            "error": complete.error,
            "steps": complete.steps,
        },
        "notes": [note.describe() for note in found.notes],
        "seconds": found.seconds,
        "model_sha256": model_hash(model),
        "versions": {
            "cnnviz": import_module("cnnviz").__version__,
            "python": platform.python_version(),
            **{library: version(library) for library in LIBRARIES},
        },
    }


def npz_bytes(found: Attribution, image: Tensor, logit: float) -> bytes:
    """Return a NumPy archive: `attribution`, raw and signed, float32 (C, H, W) or (H, W); `target` and its `logit`;
    the `image` (1, C, H, W) as the network read it, the `baseline` (N, C, H, W) of a method with one or more, and the
    `regions` (H, W) of a method that switches them."""
    arrays = {
        "attribution": found.values.numpy(),
        "target": np.int64(found.target.index),
        "logit": np.float32(logit),
        "image": image.detach().cpu().numpy(),
    }
    if found.baseline is not None:
        arrays["baseline"] = found.baseline.reshape(-1, *image.shape[1:]).numpy()
    if found.regions is not None:
        arrays["regions"] = found.regions.numpy()
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


_HEAD = '''"""Makes {archive}'s map again: {method}."""

import numpy as np
import torch

{network}
archive = np.load("{archive}")
image = torch.from_numpy(archive["image"])
'''
_OURS = """
from cnnviz.attribution import METHODS, Target

# {said}
found = METHODS["{method}"].attribute(
    model, image, {target!r},
    layer="{layer}", baseline={baseline}, options={options}, seed={seed})
values = found.values.numpy()
"""
_CAPTUM = """
from captum.attr import {imports}

model.eval(){more}
values = {call}.detach().numpy()
"""
_SCORE = """


def f(images):
    scores = {scores}
    return scores[:, {index}]{minus}

"""
_SCORE_MODULE = """


class Score(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.network = model

    def forward(self, images):
        scores = {scores}
        return scores[:, {index}]{minus}


f = Score()
"""
_COPIES = """
for module in model.modules():  # Captum's rule acts on what a ReLU reads, so that nothing else may read it
    if isinstance(module, torch.nn.ReLU):
        module.inplace = False
        module.register_forward_pre_hook(lambda module, given: given[0].clone())"""
_SEED = """
torch.manual_seed({seed})
np.random.seed({seed} % 2**32)"""
_TAIL = """print("largest difference:", np.abs(values - archive["attribution"]).max())
"""


def export_script(found: Attribution, network: str, archive: str) -> str:
    """Return Python code that computes the map again from the `archive` that `npz_bytes` wrote.

    It is the call of Captum that made it, or where Captum was corrected, this project's. `network` is the Python
    that leaves the network in `model`.
    """
    head = _HEAD.format(archive=archive, method=found.method, network=network)
    entry = METHODS[found.method]
    return head + (_ours(found) if found.corrected and not _hooked_copies(entry) else _captum(found, entry)) + _TAIL


def _ours(found: Attribution) -> str:
    return _OURS.format(
        said=found.describe_computed_by(),
        method=found.method,
        target=found.target,
        layer=found.layer,
        options=dict(found.options),
        seed=found.seed,
        baseline="None" if found.baseline is None else 'torch.from_numpy(archive["baseline"])',
    )


def _hooked_copies(entry: Method) -> bool:
    """Return whether the correction of Captum is three lines beside its call."""
    return entry.hooks and not entry.uses_baseline


def _captum(found: Attribution, entry: Method) -> str:
    target = found.target
    plain = target.minus is None and not target.probability
    more = _COPIES if found.corrected else ""
    if not plain:
        scores = "self.network(images)" if entry.hooks else "model(images)"
        if target.probability:
            scores += ".sigmoid()" if target.independent else ".softmax(1)"
        minus = "" if target.minus is None else f" - scores[:, {target.minus}]"
        more += (_SCORE_MODULE if entry.hooks else _SCORE).format(scores=scores, index=target.index, minus=minus)
    if entry.stochastic:
        more += _SEED.format(seed=found.seed)
    call = entry.call.format(
        model="model" if plain else "f",
        target=f"target={target.index}, " if plain else "",
        layer=found.layer,
        **found.options,
    ).replace(", )", ")")
    imports = ", ".join(sorted(set(re.findall(r"\b[A-Z][A-Za-z]+(?=\()", call))))
    return _CAPTUM.format(imports=imports, more=more, call=call)
