"""The seconds that images take through a network on this machine, measured once."""

from __future__ import annotations

from time import perf_counter

from cnnviz.attribution import compute_logits
from cnnviz.ui.pages.saliency.subject import SaliencyInput, forward_value

IMAGES = 4
"""Images that are timed."""
LARGE_MACS = 10**9
"""Multiply-adds of a network that is timed on one image."""


def seconds_per_image(subject: SaliencyInput) -> float:
    """Return the seconds that one image takes forward through the network."""
    count = IMAGES if subject.spec.trace().macs < LARGE_MACS else 1
    return forward_value(
        subject, "trust_tests", ("pace", subject.spec), 100, lambda: _measured(subject, count), 2 * count
    )


def _measured(subject: SaliencyInput, count: int) -> float:
    images = subject.input().expand(count, -1, -1, -1)
    compute_logits(subject.network(), images[:1])  # a first pass takes longer
    begin = perf_counter()
    compute_logits(subject.network(), images)
    return (perf_counter() - begin) / len(images)
