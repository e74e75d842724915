"""Runs: directories that trainings are written to, the queue and its limits, and the processes that train.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.runs.history import History as History
    from cnnviz.runs.limits import Limits as Limits
    from cnnviz.runs.limits import limits as limits
    from cnnviz.runs.queue import RunQueue as RunQueue
    from cnnviz.runs.queue import open_queue as open_queue
    from cnnviz.runs.run_plan import RunPlan as RunPlan
    from cnnviz.runs.run_record import RunRecord as RunRecord
    from cnnviz.runs.store import RunStore as RunStore

_HOMES = {
    "History": "history",
    "Limits": "limits",
    "limits": "limits",
    "RunPlan": "run_plan",
    "RunQueue": "queue",
    "open_queue": "queue",
    "RunRecord": "run_record",
    "RunStore": "store",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
