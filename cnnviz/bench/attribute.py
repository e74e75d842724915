"""Benchmark of attribution: our maps against direct calls of Captum with the same steps, on one thread."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from captum.attr import IntegratedGradients, LayerGradCam, Occlusion, Saliency
from torch import Tensor, nn

from cnnviz.attribution import METHODS, Attribution, Target, list_layers, suggest_layer
from cnnviz.bench.timing import time_interleaved
from cnnviz.zoo import build

TARGET = Target(3)
TURN = 0.2
"""Seconds of one turn."""


@dataclass(frozen=True, slots=True)
class AttributionTime:
    """The best time of ours and of Captum's, in seconds."""

    name: str
    ours: float
    captum: float
    steps: int
    """Points of Integrated Gradients, by Gauss-Legendre on both sides; windows of occlusion; 1 for one pass."""
    as_it_comes: float
    """Ours with every option left to the method: of Integrated Gradients as many points as bring it to 1 %."""
    aim: float

    @property
    def ratio(self) -> float:
        """Return ours over Captum's: below 1 is faster."""
        return self.ours / self.captum


def _gradient(network: nn.Module, image: Tensor, black: Tensor, ours: Attribution) -> Any:
    return Saliency(network).attribute(image, target=TARGET.index, abs=False)


def _grad_cam(network: nn.Module, image: Tensor, black: Tensor, ours: Attribution) -> Any:
    return LayerGradCam(network, network.get_submodule(ours.layer)).attribute(image, target=TARGET.index)


def _integrated(network: nn.Module, image: Tensor, black: Tensor, ours: Attribution) -> Any:
    # with the error of its sum, which ours always tells: the ends of the way are passes too
    return IntegratedGradients(network).attribute(
        image,
        black,
        target=TARGET.index,
        method="gausslegendre",
        n_steps=int(ours.options["steps"]),
        return_convergence_delta=True,
    )


def _occlusion(network: nn.Module, image: Tensor, black: Tensor, ours: Attribution) -> Any:
    window, stride, channels = int(ours.options["window"]), int(ours.options["stride"]), image.shape[1]
    with torch.no_grad():
        return Occlusion(network).attribute(
            image,
            (channels, window, window),
            (channels, stride, stride),
            black,
            target=TARGET.index,
            perturbations_per_eval=64,
        )


CAPTUM = {"gradient": _gradient, "grad-cam": _grad_cam, "integrated-gradients": _integrated, "occlusion": _occlusion}


def run(rounds: int = 7) -> tuple[AttributionTime, ...]:
    """Time LeNet at 28 × 28 and ResNet-18 at 96 × 96, untrained, on a random image; best of `rounds` turns."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = []
        for title, name, options, shape, aims in (
            (
                "LeNet",
                "lenet",
                {"pool": "max", "activation": "relu"},
                (1, 28, 28),
                {"gradient": 0.05, "grad-cam": 0.05, "integrated-gradients": 0.3, "occlusion": 0.3},
            ),
            ("ResNet-18", "resnet", {}, (1, 96, 96), {"grad-cam": 0.15, "integrated-gradients": 4.0}),
        ):
            network = build(name, options, shape, 10)
            image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
            layer = suggest_layer(list_layers(network, image)).name
            black = torch.zeros_like(image)
            for method, aim in aims.items():
                where = layer if METHODS[method].needs_layer else ""
                once = METHODS[method].attribute(network, image, TARGET, layer=where)
                steps = int(once.options.get("steps", 1))
                aimed = {"steps": steps} if "steps" in once.options else {}
                ours = partial(METHODS[method].attribute, network, image, TARGET, layer=where, options=aimed)
                ratio = time_interleaved(
                    method, ours, partial(CAPTUM[method], network, image, black, once), rounds, TURN
                )
                windows = METHODS[method].cost(once.options, shape) if method == "occlusion" else steps
                free = min(METHODS[method].attribute(network, image, TARGET, layer=where).seconds for _ in range(3))
                found.append(AttributionTime(f"{title} {method}", ratio.ours, ratio.theirs, windows, free, aim))
        return tuple(found)
    finally:
        torch.set_num_threads(threads)
