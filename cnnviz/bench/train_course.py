"""The course's side of the training benchmark, run by the Python of its own environment."""

import contextlib
import io
import json
import sys
import time
from typing import Any

import torch
from d2l import torch as d2l
from torch.utils.data import DataLoader, Subset

from cnnviz import zoo


def main(task: dict[str, Any]) -> None:
    """Print the seconds of one epoch of `train_ch6`, as published, on the first images of the set."""
    torch.set_num_threads(task["threads"])
    size = task["image_size"]
    loaders = d2l.load_data_fashion_mnist(task["batch_size"], resize=size if size != 28 else None)
    counts = task["images"], task["images"] // 6
    train_iter, test_iter = (
        DataLoader(
            Subset(loader.dataset, range(min(count, len(loader.dataset)))),
            task["batch_size"],
            shuffle=index == 0,
            num_workers=d2l.get_dataloader_workers(),
        )
        for index, (loader, count) in enumerate(zip(loaders, counts, strict=True))
    )
    network = zoo.build(task["architecture"], task["options"], (1, size, size), 10)
    # what making an optimiser imports, before the clock starts
    torch.optim.SGD(network.parameters(), lr=0.1)
    with contextlib.redirect_stdout(io.StringIO()):
        start = time.perf_counter()
        d2l.train_ch6(network, train_iter, test_iter, 1, task["learning_rate"], torch.device(task["device"]))
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
