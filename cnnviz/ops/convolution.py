"""True convolution: the kernel is flipped both ways before it slides, which makes f∗g = g∗f."""

from itertools import product

from torch import Tensor

from cnnviz.ops.cross_correlation import cross_correlation2d


def flipped(kernel: Tensor) -> Tensor:
    """Return a kernel (…, kh, kw) turned up-down and left-right."""
    return kernel.flip(-2, -1)


def convolution2d(image: Tensor, kernel: Tensor) -> Tensor:
    """S(i, j) = Σ I(i − m, j − n) K(m, n) where the kernel lies inside: (H − kh + 1, W − kw + 1)."""
    return cross_correlation2d(image[None, None], flipped(kernel)[None, None])[0, 0]


def full_convolution1d(f: Tensor, g: Tensor) -> Tensor:
    """(f∗g)(x) = Σ f(τ) g(x − τ) for every x where they meet: (a,) and (b,) -> (a + b − 1,)."""
    total = f.new_zeros(len(f) + len(g) - 1)
    for tau in range(len(f)):
        total[tau : tau + len(g)] += f[tau] * g
    return total


def full_convolution2d(image: Tensor, kernel: Tensor) -> Tensor:
    """S(i, j) = ΣΣ I(m, n) K(i − m, j − n) for every i, j where they meet: (H + kh − 1, W + kw − 1)."""
    (height, width), (rows, columns) = image.shape, kernel.shape
    total = image.new_zeros(height + rows - 1, width + columns - 1)
    for m, n in product(range(rows), range(columns)):
        total[m : m + height, n : n + width] += image * kernel[m, n]
    return total


def folded(first: Tensor, second: Tensor) -> Tensor:
    """Return the one kernel that does what two in a row do without a nonlinearity: k₁ + k₂ − 1 on each side.

    (M, C, k₁, k₁) followed by (O, M, k₂, k₂) gives (O, C, k₁ + k₂ − 1, k₁ + k₂ − 1).
    """
    outputs, middle, rows, columns = second.shape
    total = first.new_zeros(outputs, first.shape[1], first.shape[2] + rows - 1, first.shape[3] + columns - 1)
    for output, inner, channel in product(range(outputs), range(middle), range(first.shape[1])):
        total[output, channel] += full_convolution2d(first[inner, channel], second[output, inner])
    return total
