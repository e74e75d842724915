"""A kernel learned from input and target alone: gradient descent written out."""

from dataclasses import dataclass

from torch import Tensor

from cnnviz.ops.cross_correlation import cross_correlation2d


@dataclass(frozen=True, slots=True, eq=False)
class KernelStep:
    """A kernel (kh, kw), its output, its squared error summed, and the gradient that moves it."""

    kernel: Tensor
    output: Tensor
    loss: float
    gradient: Tensor


def learn_kernel(image: Tensor, target: Tensor, start: Tensor, rate: float = 0.03, steps: int = 10) -> list[KernelStep]:
    """From `start` to a kernel that turns `image` (H, W) into `target`; the last entry is the end."""
    kernel, history = start, []
    for _ in range(steps + 1):
        output = apply_kernel(image, kernel)
        error = output - target
        gradient = 2 * apply_kernel(image, error)  # each weight meets the input it multiplied
        history.append(KernelStep(kernel, output, float((error**2).sum()), gradient))
        kernel = kernel - rate * gradient
    return history


def apply_kernel(image: Tensor, kernel: Tensor) -> Tensor:
    """Return an image (H, W) seen through one kernel (kh, kw)."""
    return cross_correlation2d(image[None, None], kernel[None, None])[0, 0]
