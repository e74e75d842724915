"""What a training runs on: the device and the arithmetic that suit it, chosen by fixed rules and told."""

import functools
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cnnviz.errors import Refusal
from cnnviz.train.config import TrainConfig
from cnnviz.train.quicker import Quicker

DEVICES: dict[str, Callable[[], bool]] = {
    "cuda": torch.cuda.is_available,
    "mps": torch.backends.mps.is_available,
    "cpu": lambda: True,
}
"""In the order of preference."""

WIDE = 16
"""Input channels from which a convolution gains from bfloat16, and on a GPU from channels-last.

On the CPU narrow ones gain from channels-last too: the gradient of LeNet's first weights takes a quarter of the time.
In float32 a network with batch normalization keeps the plain layout: torch's channels-last kernel misses the
normalised values by 1.4e-4 (batch of 256, 24x24), the plain one by 7e-7, and the curve leaves the plain loop's within
a few steps; even with exact sums DenseNet's losses at 96 pixels are 4e-2 apart at the seventh step. Without batch
normalization the two layouts agree.
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """Device, arithmetic and threads of one training, settled before it starts and kept for its life."""

    device: str
    """"cuda", "mps" or "cpu"."""
    name: str
    """The processor's own name."""
    precision: str
    """"bfloat16" (autocast) or "float32"."""
    has_bfloat16: bool
    """Whether the device has instructions for bfloat16; without them it is emulated, and slow."""
    channels_last: bool
    threads: int
    """Of one operation on the CPU."""
    torch: str
    """The version of torch."""
    compiled: bool = False
    """Whether the network runs through torch.compile."""

    @contextmanager
    def work(self, seed: int) -> Iterator[None]:
        """Inside: this machine's threads, and torch's global draws from `seed`; outside all is as it was."""
        threads = torch.get_num_threads()
        with ExitStack() as stack:
            stack.enter_context(torch.random.fork_rng(devices=[0] if self.device == "cuda" else []))
            torch.default_generator.manual_seed(seed)
            if self.device == "cuda":
                torch.cuda.manual_seed(seed)
                stack.enter_context(torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True))
            if threads != self.threads:
                torch.set_num_threads(self.threads)
                stack.callback(torch.set_num_threads, threads)
            yield

    def arithmetic(self) -> AbstractContextManager[Any]:
        """Inside: a forward pass in this machine's precision, with the kernels that are quickest there."""
        if self.precision == "bfloat16":
            return torch.autocast(self.device, torch.bfloat16)
        return Quicker() if self.device == "cpu" and not self.compiled else nullcontext()


def settle(config: TrainConfig, model: nn.Module) -> Machine:
    """The machine that `config` means for `model`: what it names, and where it says "auto" what helps.

    Raises:
        Refusal: a device that is not there, or compilation without a compiler.
    """
    present = [name for name, there in DEVICES.items() if there()]
    device = present[0] if config.device == "auto" else config.device
    if device not in present:
        raise Refusal("train_device", device=device, known=", ".join(present))
    if config.compile and not has_compiler():
        raise Refusal("train_compiler")
    native = has_bfloat16(device)
    wide = any(isinstance(layer, nn.Conv2d) and layer.in_channels >= WIDE for layer in model.modules())
    normalised = any(isinstance(layer, nn.BatchNorm2d) for layer in model.modules())
    precision = config.precision
    if precision == "auto":
        precision = "bfloat16" if native and wide and device != "mps" else "float32"
    helps = (device == "cpu" or (wide and device == "cuda")) and not (normalised and precision == "float32")
    return Machine(
        device=device,
        name=processor_name(device),
        precision=precision,
        has_bfloat16=native,
        channels_last=helps if config.layout == "auto" else config.layout == "channels-last",
        threads=config.threads or torch.get_num_threads(),
        torch=torch.__version__,
        compiled=config.compile,
    )


@functools.cache
def has_bfloat16(device: str) -> bool:
    """Whether `device` multiplies bfloat16 in hardware."""
    if device == "cuda":
        return torch.cuda.get_device_capability()[0] >= 8
    if device == "mps":
        return False
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        words = set(cpuinfo.read_text(errors="replace").split())
        return bool(words & {"avx512_bf16", "amx_bf16", "bf16"})
    detect = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(detect and detect())


@functools.cache
def processor_name(device: str) -> str:
    """What the maker calls the processor behind `device`."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def has_compiler() -> bool:
    """Whether torch.compile finds the C++ compiler it needs."""
    return any(shutil.which(name) for name in (os.environ.get("CXX", ""), "g++", "clang++", "cl") if name)
