"""Slopes of the target at the image: by how much each pixel would move it."""

import torch

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.option import Option
from cnnviz.attribution.random_draws import generator_of

RANGE = 1.0
"""Of the pixels of an image, for noise given as a fraction of it."""


def gradient(given: Given) -> Found:
    """∂f/∂x."""
    _, slopes = given.f.gradient(given.image)
    return Found(slopes[0])


def input_x_gradient(given: Given) -> Found:
    """x · ∂f/∂x."""
    _, slopes = given.f.gradient(given.image)
    return Found((given.image * slopes)[0])


def smoothgrad(given: Given) -> Found:
    """The mean of ∂f/∂x at copies of the image with Gaussian noise."""
    samples, draws = int(given.options["samples"]), generator_of(given.seed, "smoothgrad")
    spread = float(given.options["noise"]) * float(given.image.max() - given.image.min() or RANGE)
    total = torch.zeros_like(given.image[0])
    for first in range(0, samples, given.f.batch):
        count = min(given.f.batch, samples - first)
        noise = torch.randn((count, *given.image.shape[1:]), generator=draws).to(given.image)
        _, slopes = given.f.gradient(given.image + spread * noise)
        total += slopes.sum(0)
    return Found(total / samples)


GRADIENT = Method(
    "gradient", gradient, lambda options, shape: 1, "Simonyan, Vedaldi & Zisserman 2014, arXiv:1312.6034", slopes=True
)
INPUT_X_GRADIENT = Method(
    "input-x-gradient", input_x_gradient, lambda options, shape: 1, "Shrikumar et al. 2016, arXiv:1605.01713"
)
SMOOTHGRAD = Method(
    "smoothgrad",
    smoothgrad,
    lambda options, shape: 1 + int(options["samples"]),
    "Smilkov et al. 2017, arXiv:1706.03825",
    slopes=True,
    batches=True,
    stochastic=True,
    options=(Option("samples", 32, low=2, high=1024), Option("noise", 0.15, low=0, high=1)),
)
