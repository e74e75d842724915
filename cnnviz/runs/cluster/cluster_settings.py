"""The place where runs are carried out, as the environment names it."""

import importlib.util
import math
import os

from cnnviz.errors import UserError
from cnnviz.options import Choice, Real

EXECUTOR, EXECUTORS = "CNNVIZ_EXECUTOR", ("local", "ray")
ADDRESS = "RAY_ADDRESS"
GPUS = "CNNVIZ_RUN_GPUS"
NAMESPACE = "cnnviz"
"""The namespace of all actors."""


def executor_name() -> str:
    """Return `CNNVIZ_EXECUTOR`: "local" (the default), this machine, or "ray", a cluster.

    Raises:
        UserError: `option_choice`.
    """
    return Choice(EXECUTORS).parse(os.environ.get(EXECUTOR) or EXECUTORS[0], EXECUTOR)


def run_gpus() -> float:
    """Return `CNNVIZ_RUN_GPUS`: the share of a GPU that a run asks for, 0 by default; above 1 in whole GPUs.

    Raises:
        UserError: `option_number`.
    """
    share = Real(0, 1024).parse(os.environ.get(GPUS) or 0, GPUS)
    return share if share <= 1 else float(math.ceil(share))


def cluster_address() -> str:
    """Return `RAY_ADDRESS`, or "auto": the cluster that this machine belongs to."""
    return os.environ.get(ADDRESS) or "auto"


def check_package() -> None:
    """Raise where Ray is not installed.

    Raises:
        UserError: `ray_missing`.
    """
    if importlib.util.find_spec("ray") is None:
        raise UserError("ray_missing", variable=EXECUTOR)
