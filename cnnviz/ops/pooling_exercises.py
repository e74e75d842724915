"""The exercises on pooling: minima, softmax-weighted means, averages by convolution, maxima by ReLUs."""

from typing import Any

import torch
from torch import Tensor

from cnnviz.ops.activation import relu
from cnnviz.ops.convolution_as_matrix import im2col
from cnnviz.ops.max_pool import max_pool2d


def min_pool2d(x: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Tensor:
    """(…, H, W) -> the smallest value of each window: −max(−x).

    Raises:
        UserError: settings that make no window.
    """
    return -max_pool2d(-x, kernel_size, stride, padding).values


def softmax_pool2d(x: Tensor, kernel_size: Any, stride: Any = None, temperature: float = 1.0) -> Tensor:
    """(N, C, H, W) -> each window's mean weighted by its own softmax, between average and max pooling.

    Raises:
        UserError: settings that make no window.
    """
    channels = x.shape[1]
    pooled = max_pool2d(x, kernel_size, stride).values
    columns = im2col(x, kernel_size, kernel_size if stride is None else stride).unflatten(1, (channels, -1))
    weights = ((columns - columns.amax(2, keepdim=True)) / temperature).exp()
    mean = (weights * columns).sum(2) / weights.sum(2)
    return mean.reshape(pooled.shape)


def average_kernel(channels: int, kernel_size: int) -> Tensor:
    """Return the depthwise kernel (C, 1, k, k) with which a convolution of stride k is average pooling: all 1/k²."""
    return torch.full((channels, 1, kernel_size, kernel_size), 1 / kernel_size**2)


def maximum_by_relu(a: Tensor, b: Tensor) -> Tensor:
    """max(a, b) = b + ReLU(a − b), element by element."""
    return b + relu(a - b)


def max_pool_by_relu(x: Tensor, kernel_size: int) -> Tensor:
    """(N, C, H, W) -> the max of each k×k window, with nothing but subtractions, additions and ReLUs.

    Raises:
        UserError: settings that make no window.
    """
    columns = im2col(x, kernel_size, kernel_size).unflatten(1, (x.shape[1], -1))
    best = columns[:, :, 0]
    for place in range(1, columns.shape[2]):
        best = maximum_by_relu(columns[:, :, place], best)
    return best.unflatten(-1, (x.shape[-2] // kernel_size, -1))
