"""Benchmark of each fast path of `cnnviz.accelerate` against torch's own; those that are off here are measured too."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from cnnviz import zoo
from cnnviz.accelerate.cpu_kernels import OVERRIDES
from cnnviz.accelerate.fast_paths import FAST_PATHS, SWITCH, is_enabled
from cnnviz.accelerate.model_pool import leased_clone
from cnnviz.bench.timing import time_interleaved
from cnnviz.errors import UserError
from cnnviz.module_copy.clone import clone_sharing_weights
from cnnviz.train import TrainConfig, resolve_machine
from cnnviz.train.engine import Engine
from cnnviz.train.machine import has_bfloat16
from cnnviz.train.objective import objective_for

ROOT = Path(__file__).parents[2]
ROUNDS = 5

NETWORKS = {"lenet": (28, 256), "resnet": (96, 64), "vgg": (64, 32)}
"""Image size in pixels, and batch size."""
CASES = (
    ("convolution", "lenet", "float32"),
    ("convolution", "resnet", "float32"),
    ("max_pool", "resnet", "float32"),
    ("average_pool", "lenet", "float32"),
    ("channels_last", "lenet", "float32"),
    ("channels_last", "vgg", "float32"),
    ("channels_last", "resnet", "bfloat16"),
)
"""A path, the network whose step is timed with and without it, and the precision."""

MALLOC = """
import sys, time
from cnnviz.accelerate.malloc import keep_freed_memory
from cnnviz.bench.fast_paths import step
if sys.argv[1] == "1":
    keep_freed_memory()
work = step("resnet", "float32", (), False)
times = []
for _ in range(6):
    start = time.perf_counter()
    work()
    times.append(time.perf_counter() - start)
print(min(times[1:]))
"""
SHAPES = """
import time
from cnnviz import zoo
from cnnviz.trace import trace
start = time.perf_counter()
trace(zoo.build("googlenet", device="meta"), (1, 96, 96))
print(time.perf_counter() - start)
"""


@dataclass(frozen=True, slots=True)
class FastPathTime:
    """The best seconds of one network with a fast path and without it."""

    path: str
    on: str
    ours: float
    torchs: float
    enabled: bool
    """It is taken on this machine."""

    @property
    def saves(self) -> float:
        """Return the fraction of torch's time that it saves."""
        return 1 - self.ours / self.torchs


def run(names: tuple[str, ...] = tuple(FAST_PATHS)) -> Iterator[FastPathTime]:
    """Yield the times of each case of the paths of `names`.

    Raises:
        UserError: `bench_case` for an unknown path.
    """
    for name in names:
        if name not in FAST_PATHS:
            raise UserError("bench_case", name=name, known=[*FAST_PATHS])
    for path, network, precision in CASES:
        if path in names and (precision == "float32" or has_bfloat16("cpu")):
            with_path, without = _kernel(path, network) if path in OVERRIDES else _layouts(network, precision)
            ratio = time_interleaved(path, with_path, without, ROUNDS)
            yield FastPathTime(path, f"{network}, {precision}", ratio.ours, ratio.theirs, is_enabled(path))
    if "model_pool" in names:
        model = zoo.build("resnet", {}, (1, 96, 96), 10)
        ratio = time_interleaved("model_pool", partial(_borrow, model), partial(clone_sharing_weights, model), ROUNDS)
        yield FastPathTime("model_pool", "resnet, one copy", ratio.ours, ratio.theirs, is_enabled("model_pool"))
    for path, code, on in (("malloc", MALLOC, "resnet, float32"), ("output_shapes", SHAPES, "first trace")):
        if path in names:
            ours, torchs = (min(_alone(code, plain) for _ in range(2)) for plain in (False, True))
            yield FastPathTime(path, on, ours, torchs, is_enabled(path))


def _borrow(model: torch.nn.Module) -> None:
    with leased_clone(model):
        pass


def _kernel(path: str, network: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return a step with all kernels, and one without this one, in the layout in which it applies."""
    others = tuple(name for name in OVERRIDES if name != path)
    last = network == "lenet"
    return step(network, "float32", (*others, path), last), step(network, "float32", others, last)


def _layouts(network: str, precision: str) -> tuple[Callable[[], object], Callable[[], object]]:
    kernels = tuple(OVERRIDES) if precision == "float32" else ()
    return step(network, precision, kernels, True), step(network, precision, kernels, False)


def step(network: str, precision: str, kernels: tuple[str, ...], channels_last: bool) -> Callable[[], object]:
    """Return a function that does a training step of a network on random images."""
    side, count = NETWORKS[network]
    config = TrainConfig(batch_size=count, device="cpu", precision=precision)
    model = zoo.build(network, {"width": 0.25} if network == "vgg" else {}, (1, side, side), 10)
    machine = replace(resolve_machine(config, model), fast_kernels=kernels, channels_last=channels_last)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    model.to(memory_format=layout)
    images, labels = torch.rand(count, 1, side, side).contiguous(memory_format=layout), torch.arange(count) % 10
    engine = Engine(model, config, machine, objective_for(labels), lambda step: 1e-4)
    return lambda: engine.train_step(images, labels, 0, lambda loss: None)


def _alone(code: str, plain: bool) -> float:
    """Return the number that `code` prints in a process of its own, with or without the fast paths."""
    import os

    done = subprocess.run(
        [sys.executable, "-c", code, str(int(not plain))],
        cwd=ROOT,
        env=os.environ | {SWITCH: str(int(plain))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError("bench_side", script="fast_paths", why=(done.stderr.strip().splitlines() or ["-"])[-1])
    return float(json.loads(done.stdout.strip().splitlines()[-1]))
