"""Our side of the training benchmark, run in a process of its own."""

import json
import sys
import time
from typing import Any

import torch

from cnnviz import zoo
from cnnviz.accelerate.malloc import keep_freed_memory
from cnnviz.data import dataset
from cnnviz.trace import trace
from cnnviz.train import EndReport, TrainConfig, resolve_machine, train


def main(task: dict[str, Any]) -> None:
    """Print the seconds of one epoch with its test, the precision, and the share of the matrix rate."""
    keep_freed_memory()  # as every run does
    torch.set_num_threads(task["threads"])
    size = task["image_size"]
    fashion = dataset("fashion_mnist")
    training_set = fashion.load("train", limit=task["images"])
    test_set = fashion.load("test", limit=min(task["images"] // 6, fashion.num_test))
    network = zoo.build(task["architecture"], task["options"], (1, size, size), 10)
    config = TrainConfig(
        epochs=1,
        batch_size=task["batch_size"],
        learning_rate=task["learning_rate"],
        image_size=size,
        device=task["device"],
        precision=task["precision"],
    )
    start = time.perf_counter()
    *_, end = train(network, training_set, test_set, config)
    seconds = time.perf_counter() - start
    assert isinstance(end, EndReport)
    work = end.images_per_second * flops_per_image(task)
    shares = {
        f"{name}_share": work / matrix_rate(getattr(torch, name), task["device"]) for name in ("float32", "bfloat16")
    }
    print(json.dumps({"seconds": seconds, "precision": resolve_machine(config, network).precision, **shares}))


def flops_per_image(task: dict[str, Any]) -> float:
    """Return the multiplications and additions of one image, forward and backward.

    Backward every layer multiplies as often for its weights as forward, and once more for its input, which the first
    one does not need.
    """
    size = task["image_size"]
    layers = trace(
        zoo.build(task["architecture"], task["options"], (1, size, size), 10, device="meta"), (1, size, size)
    ).layers
    first = next(layer.macs for layer in layers if layer.macs)
    return 2.0 * (3 * sum(layer.macs for layer in layers) - first)


def matrix_rate(dtype: torch.dtype = torch.float32, device: str = "cpu", rounds: int = 5) -> float:
    """Return the best rate of a large matrix product, in operations per second."""
    side = 1024 if device == "cpu" else 8192
    left, right = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        float((left @ right)[0, 0])  # reading a value waits for the device
        best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
