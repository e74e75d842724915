"""Our maps against Captum called directly with the same steps, on one thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cnnviz.attribution import METHODS, Target, layers_of, suggest_layer
from cnnviz.bench.interleaved import interleaved
from cnnviz.zoo import build

TARGET = Target(3)


@dataclass(frozen=True, slots=True)
class Pace:
    """The best time of ours and of Captum's, in seconds, and the time that ours may take."""

    name: str
    ours: float
    captum: float
    aim: float
    steps: int
    """Points of Integrated Gradients, windows of occlusion; 1 for one pass."""

    @property
    def ratio(self) -> float:
        """Ours over Captum's: below 1 is faster."""
        return self.ours / self.captum


def run(rounds: int = 5) -> tuple[Pace, ...]:
    """LeNet on 28 × 28 and ResNet-18 on 96 × 96, as they begin, on a drawn image; best of `rounds`."""
    from captum.attr import IntegratedGradients, LayerGradCam, Occlusion, Saliency

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = []
        for title, name, options, shape, aims in (
                ("LeNet", "lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28),
                 {"gradient": 0.05, "grad-cam": 0.05, "integrated-gradients": 0.3, "occlusion": 0.3}),
                ("ResNet-18", "resnet", {}, (1, 96, 96), {"grad-cam": 0.15, "integrated-gradients": 4.0})):
            network = build(name, options, shape, 10)
            image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
            layer = suggest_layer(layers_of(network, image)).name
            black = torch.zeros_like(image)
            for method, aim in aims.items():
                once = METHODS[method].attribute(network, image, TARGET, layer=layer if "cam" in method else "")
                steps = int(once.options.get("steps", 1))
                theirs: dict[str, Callable[[], Any]] = {
                    "gradient": lambda network=network, image=image: Saliency(network).attribute(
                        image, target=TARGET.index, abs=False),
                    "grad-cam": lambda network=network, image=image, layer=layer: LayerGradCam(
                        network, network.get_submodule(layer)).attribute(image, target=TARGET.index),
                    "integrated-gradients": lambda network=network, image=image, black=black, steps=steps:
                        IntegratedGradients(network).attribute(image, black, target=TARGET.index, n_steps=steps,
                                                               method="gausslegendre"),
                    "occlusion": lambda network=network, image=image, black=black, once=once: _occlude(
                        Occlusion(network), image, black, once.options)}
                aimed = {"steps": steps} if method == "integrated-gradients" else {}
                ratio = interleaved(method, lambda: METHODS[method].attribute(  # noqa: B023
                    network, image, TARGET, layer=layer if "cam" in method else "", options=aimed),  # noqa: B023
                    theirs[method], rounds)
                windows = METHODS[method].cost(once.options, shape) if method == "occlusion" else steps
                found.append(Pace(f"{title} {method}", ratio.ours, ratio.theirs, aim, windows))
        return tuple(found)
    finally:
        torch.set_num_threads(threads)


def _occlude(occlusion: Any, image: Tensor, black: Tensor, options: Any) -> Tensor:
    window, stride = int(options["window"]), int(options["stride"])
    channels = image.shape[1]
    with torch.no_grad():
        values: Tensor = occlusion.attribute(image, (channels, window, window), (channels, stride, stride),
                                             black, target=TARGET.index, perturbations_per_eval=64)
    return values
