"""The loss and the accuracy of guessing, which the curves are drawn beside."""

from __future__ import annotations

from math import log

from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.runs.run_plan import RunPlan


def guess_value(plan: RunPlan, measure: str) -> float | None:
    """Return the value of "loss" or "accuracy" at which every class is equally likely; None for several labels."""
    try:
        if dataset(plan.dataset).multi_label:
            return None
    except UserError:  # a set of the user's own that was removed
        return None
    return log(plan.num_classes) if measure == "loss" else 1 / plan.num_classes
