"""The processor's instruction set, as far as it decides which kernels run."""

from functools import cache

import torch


@cache
def instruction_set() -> str:
    """Return the set that the kernels use here: "AVX2", "AVX512", or another name of torch's.

    torch's own kernels follow `ATEN_CPU_CAPABILITY`, oneDNN's convolutions the processor. Where the two differ the
    processor's counts as well: a path that was measured with both on AVX2 is on only where both are.
    """
    torchs = torch.backends.cpu.get_cpu_capability()
    return "AVX512" if torch.cpu.get_capabilities().get("avx512_f") else torchs


def has_bfloat16_instructions() -> bool:
    """Return whether the processor multiplies bfloat16 in hardware (x86 and ARM)."""
    known = torch.cpu.get_capabilities()
    return any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
