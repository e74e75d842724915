"""The machine of a training: device, precision, memory layout and threads, chosen by fixed rules."""

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

from cnnviz.accelerate.cpu_kernels import FastCpuKernels, enabled_kernels
from cnnviz.accelerate.memory_layout import prefers_bfloat16, prefers_channels_last
from cnnviz.accelerate.processor import has_bfloat16_instructions
from cnnviz.errors import UserError
from cnnviz.options import Choice
from cnnviz.train.config import TrainConfig

DEVICES: dict[str, Callable[[], bool]] = {
    "cuda": torch.cuda.is_available,
    "mps": torch.backends.mps.is_available,
    "cpu": lambda: True,
}
"""In the order of preference."""

BFLOAT16 = "CNNVIZ_BFLOAT16"
"""The variable that overrides the detection of bfloat16 instructions: `on`, `off`, or `auto`, the default."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Device, precision and threads of one training, resolved before it starts."""

    device: str
    """"cuda", "mps" or "cpu"."""
    name: str
    """The processor's own name."""
    precision: str
    """"bfloat16" (autocast) or "float32"."""
    has_bfloat16: bool
    """The device has instructions for bfloat16; without them it is emulated, and slow."""
    channels_last: bool
    threads: int
    """Threads of one operation on the CPU."""
    torch: str
    """The version of torch."""
    compiled: bool = False
    """The network runs through torch.compile."""
    fast_kernels: tuple[str, ...] = ()
    """The fast paths taken in place of torch's own kernels."""

    @contextmanager
    def session(self, seed: int) -> Iterator[None]:
        """A context with this machine's threads and torch's generator at `seed`; both are restored afterwards."""
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

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context for a forward pass in this machine's precision, with its fast kernels."""
        if self.precision == "bfloat16":
            return torch.autocast(self.device, torch.bfloat16)
        return FastCpuKernels(self.fast_kernels) if self.fast_kernels else nullcontext()

    def autocast_uncached(self) -> AbstractContextManager[Any]:
        """Return the context of `autocast` without a cache of casts, as the capture of a graph needs it."""
        if self.precision == "bfloat16":
            return torch.autocast(self.device, torch.bfloat16, cache_enabled=False)
        return self.autocast()


def resolve_machine(config: TrainConfig, model: nn.Module) -> Machine:
    """Return the machine of `config` for `model`: each "auto" is resolved to the faster exact choice.

    Raises:
        UserError: a device that is not there, compilation without a compiler, or `option_choice`.
    """
    present = [name for name, there in DEVICES.items() if there()]
    device = present[0] if config.device == "auto" else config.device
    if device not in present:
        raise UserError("train_device", device=device, known=[*present])
    if config.compile and not has_compiler():
        raise UserError("train_compiler")
    native = has_bfloat16(device)
    precision = config.precision
    if precision == "auto":
        precision = "bfloat16" if native and device != "mps" and prefers_bfloat16(model, device) else "float32"
    helps = prefers_channels_last(model, device, precision)
    kernels = enabled_kernels() if device == "cpu" and precision == "float32" and not config.compile else ()
    return Machine(
        device=device,
        name=processor_name(device),
        precision=precision,
        has_bfloat16=native,
        channels_last=helps if config.layout == "auto" else config.layout == "channels-last",
        threads=config.threads or torch.get_num_threads(),
        torch=torch.__version__,
        compiled=config.compile,
        fast_kernels=kernels,
    )


def has_bfloat16(device: str) -> bool:
    """Return whether `device` multiplies bfloat16 in hardware, or `CNNVIZ_BFLOAT16` says so.

    Raises:
        UserError: `option_choice`.
    """
    said = Choice(("auto", "on", "off")).parse(os.environ.get(BFLOAT16) or "auto", BFLOAT16)
    if said != "auto":
        return said == "on"
    if device == "cuda":
        return torch.cuda.get_device_capability()[0] >= 8
    return device == "cpu" and has_bfloat16_instructions()


@functools.cache
def processor_name(device: str) -> str:
    """Return the model name of the processor behind `device`."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def has_compiler() -> bool:
    """Return whether torch.compile finds the C++ compiler it needs."""
    return any(shutil.which(name) for name in (os.environ.get("CXX", ""), "g++", "clang++", "cl") if name)
