"""Benchmark of the trace, receptive fields included, against `torchinfo.summary(device="meta")`."""

from importlib import import_module

import torch
from torchvision import models

from cnnviz.bench.timing import TimeRatio, time_interleaved
from cnnviz.errors import UserError
from cnnviz.trace import trace

NETWORKS = {
    "VGG-11": models.vgg11,
    "ResNet-152": models.resnet152,
    "DenseNet-201": models.densenet201,
    "MobileNetV3-large": models.mobilenet_v3_large,
}
INPUT_SHAPE = (3, 224, 224)


def run(rounds: int = 7) -> tuple[TimeRatio, ...]:
    """Return one ratio per network, on one thread, best of `rounds`; every call goes from a model to its trace.

    Raises:
        UserError: `bench_needs` where torchinfo is not installed.
    """
    try:
        torchinfo = import_module("torchinfo")
    except ImportError as error:
        raise UserError("bench_needs", package="torchinfo") from error
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ratios = []
        for name, build in NETWORKS.items():
            with torch.device("meta"):
                model = build().eval()
            ratios.append(
                time_interleaved(
                    name,
                    lambda model=model: trace(model, INPUT_SHAPE),  # type: ignore[misc]
                    lambda model=model: torchinfo.summary(model, (1, *INPUT_SHAPE), device="meta", verbose=0),  # type: ignore[misc]
                    rounds,
                )
            )
        return tuple(ratios)
    finally:
        torch.set_num_threads(threads)
