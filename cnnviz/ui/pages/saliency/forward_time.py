"""The seconds that images take through a network on this machine, measured once."""

from __future__ import annotations

from time import perf_counter

from cnnviz.attribution import compute_logits
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.trust.result_cache import cached_result


def seconds_per_image(subject: SaliencyInput) -> float:
    """Return the seconds that one image takes forward through the network."""
    return cached_result(("pace", subject.spec), 100, lambda: _measured(subject))


def _measured(subject: SaliencyInput) -> float:
    images = subject.input().expand(4, -1, -1, -1)
    compute_logits(subject.network(), images)  # a first pass takes longer
    begin = perf_counter()
    compute_logits(subject.network(), images)
    return (perf_counter() - begin) / len(images)
