"""A map to take away: its raw numbers, the facts of how it was made, and the Python that makes it again."""

import hashlib
import io
import platform
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import numpy as np
from torch import Tensor, nn

from cnnviz.attribution.record import Attribution

LIBRARIES = ("torch", "captum", "numpy")


def model_hash(model: nn.Module) -> str:
    """SHA-256 of every parameter and buffer with its name, in the order of the names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name}/{tensor.dtype}/{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def facts_of(found: Attribution, model: nn.Module, **more: Any) -> dict[str, Any]:
    """Plain values for JSON: everything but the numbers of the map; `more` is put first."""
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
        "baseline": found.baseline is not None,
        "completeness": None
        if complete is None
        else {
            "sum": complete.total,
            "difference": complete.difference,
            "error": complete.error,
            "steps": complete.steps,
        },
        "notes": [note.say() for note in found.notes],
        "seconds": found.seconds,
        "model_sha256": model_hash(model),
        "versions": {
            "cnnviz": import_module("cnnviz").__version__,
            "python": platform.python_version(),
            **{library: version(library) for library in LIBRARIES},
        },
    }


def npz_bytes(found: Attribution, image: Tensor, logit: float) -> bytes:
    """A NumPy archive: `attribution`, raw and signed, float32 (C, H, W) or (H, W); `target` and its `logit`;
    the `image` (1, C, H, W) as the network read it, and the `baseline` (1, C, H, W) of a method with one."""
    arrays = {
        "attribution": found.values.numpy(),
        "target": np.int64(found.target.index),
        "logit": np.float32(logit),
        "image": image.detach().cpu().numpy(),
    }
    if found.baseline is not None:
        arrays["baseline"] = found.baseline[None].numpy()
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

found = METHODS["{method}"].attribute(
    model, image, {target!r},
    layer="{layer}", baseline={baseline}, options={options}, seed={seed})
values = found.values.numpy()
"""
_CAPTUM = """
from captum.attr import {imports}

model.eval()


def f(images):
    scores = {scores}
    return scores[:, {index}]{minus}


values = {call}.detach()[0].numpy()
"""
_TAIL = """print("largest difference:", np.abs(values - archive["attribution"]).max())
"""
_CALLS = MappingProxyType(
    {
        "gradient": ("Saliency", "Saliency(f).attribute(image, abs=False)"),
        "input-x-gradient": ("InputXGradient", "InputXGradient(f).attribute(image)"),
        "integrated-gradients": (
            "IntegratedGradients",
            'IntegratedGradients(f).attribute(image, torch.from_numpy(archive["baseline"]), '
            'n_steps={steps}, method="gausslegendre")',
        ),
        "grad-cam": (
            "LayerGradCam",
            'LayerGradCam(f, model.get_submodule("{layer}")).attribute(image, relu_attributions=False)[0]',
        ),
        "hirescam": (
            "LayerGradientXActivation",
            'LayerGradientXActivation(f, model.get_submodule("{layer}")).attribute(image).sum(1)',
        ),
        "occlusion": (
            "Occlusion",
            "Occlusion(f).attribute(image, (image.shape[1], {window}, {window}), "
            '(image.shape[1], {stride}, {stride}), torch.from_numpy(archive["baseline"]))',
        ),
    }
)
"""What Captum, called directly, gives equally on any network of modules that work out of place."""


def script(found: Attribution, network: str, archive: str) -> str:
    """Python that makes the map again with this project, from the `archive` that `npz_bytes` wrote.

    `network` is the Python that leaves the network in `model`.
    """
    ours = _OURS.format(
        method=found.method,
        target=found.target,
        layer=found.layer,
        options=dict(found.options),
        seed=found.seed,
        baseline="None" if found.baseline is None else 'torch.from_numpy(archive["baseline"])',
    )
    return _HEAD.format(archive=archive, method=found.method, network=network) + ours + _TAIL


def captum_script(found: Attribution, network: str, archive: str) -> str | None:
    """The same with Captum alone; None for a method that Captum computes otherwise, or not at all."""
    if found.method not in _CALLS or found.options.get("rule") == "halving":
        return None
    imports, call = _CALLS[found.method]
    settings: Mapping[str, Any] = {**found.options, "layer": found.layer}
    target = found.target
    scores = "model(images)"
    if target.probability:
        scores += ".sigmoid()" if target.independent else ".softmax(1)"
    minus = "" if target.minus is None else f" - scores[:, {target.minus}]"
    filled = call.format(**settings) if "{" in call else call
    theirs = _CAPTUM.format(imports=imports, scores=scores, index=target.index, minus=minus, call=filled)
    return _HEAD.format(archive=archive, method=found.method, network=network) + theirs + _TAIL
