"""The table of the project's own fast paths, and the switch `CNNVIZ_PLAIN=1` that leaves everything to torch.

A path that depends on the processor's kernels is on only for the instruction sets on which it was measured to be at
least 5 % faster: with AVX-512 and bfloat16 instructions LeNet trains at 17,000 to 19,000 images/s with and without.
`python -m cnnviz bench fast_paths` measures each of them on the machine at hand.
"""

import os
from dataclasses import dataclass
from types import MappingProxyType

from cnnviz.options import Choice

SWITCH = "CNNVIZ_PLAIN"


@dataclass(frozen=True, slots=True)
class FastPath:
    """One replacement of a path of torch's."""

    name: str
    saves: str
    """Time or memory saved, as measured."""
    measured: str
    """On what, and when."""
    instruction_sets: frozenset[str] | None = None
    """Those on which it is on, as `instruction_set` names them; None where the processor does not matter."""


AVX2 = frozenset({"AVX2"})
WHERE = "torch 2.15, AMD EPYC with AVX2, two cores, 26 November 2026"

FAST_PATHS = MappingProxyType(
    {
        path.name: path
        for path in (
            FastPath(
                "convolution",
                "the weights' gradient of a ResNet's first layer in 26 ms in place of 72, both gradients of LeNet's"
                " second layer in 4 ms in place of 6",
                f"ResNet-18, 64 grey images of 96 pixels; LeNet, 256 images; {WHERE}",
                AVX2,
            ),
            FastPath(
                "max_pool",
                "a ResNet's first maximum, forward and backward, in 16 ms in place of 47",
                f"ResNet-18, 64 images of 96 pixels; {WHERE}",
                AVX2,
            ),
            FastPath(
                "average_pool",
                "LeNet's first average, forward and backward, in 1.2 ms in place of 2.8",
                f"LeNet, 256 images; {WHERE}",
                AVX2,
            ),
            FastPath(
                "channels_last",
                "three quarters of the time of the gradient of LeNet's first weights",
                f"LeNet, 256 images; {WHERE}",
                AVX2,
            ),
            FastPath(
                "malloc",
                "a third of a training step, for a sixth more memory at the peak",
                f"DenseNet and VGG at 96 pixels; {WHERE}",
            ),
            FastPath(
                "output_shapes",
                "2 s and 150 MB in each process that asks for a shape first",
                f"the first trace of any network; {WHERE}",
            ),
            FastPath(
                "model_pool",
                "a copy of the network for a map in 0.03 ms in place of 0.28 (LeNet), in 0.4 ms in place of 2.7"
                " (ResNet-18)",
                "one thread; torch 2.15, AMD EPYC with AVX2, two cores, 29 November 2026",
            ),
        )
    }
)


def is_plain() -> bool:
    """Return whether `CNNVIZ_PLAIN` turns every fast path off.

    Raises:
        UserError: `option_choice`.
    """
    return Choice(("0", "1")).parse(os.environ.get(SWITCH) or "0", SWITCH) == "1"


def is_enabled(name: str) -> bool:
    """Return whether the path is taken on this machine.

    Raises:
        UserError: `option_choice`.
    """
    wanted = FAST_PATHS[name].instruction_sets
    if is_plain():
        return False
    if wanted is None:
        return True
    from cnnviz.accelerate.processor import instruction_set

    return instruction_set() in wanted
