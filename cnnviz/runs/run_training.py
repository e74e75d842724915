"""One run in this process, from the lock of its folder to a status that is written there."""

import contextlib
import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch

from cnnviz.errors import UserError
from cnnviz.runs import folder as names
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.event_log import Event
from cnnviz.runs.file_lock import lock_file
from cnnviz.runs.folder import write_state
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_loop import RunLoop
from cnnviz.runs.run_plan import RunPlan
from cnnviz.train.training import Training

RESERVE, RESERVED = "reserve", 2**16
"""A file of so many bytes in the folder of a run at work: on a full disk the reason is written in its place."""


def make_training(plan: RunPlan) -> Training:
    """Return the training that `plan` means, at its start.

    Raises:
        UserError: images that are not there, or a network and images that do not fit.
    """
    training_set, test_set = plan.images()
    return Training(plan.network(), training_set, test_set, plan.config)


def with_threads(plan: RunPlan, threads: int) -> RunPlan:
    """Return `plan` with a number of threads for its whole run, unless it names one."""
    return plan if plan.config.threads else replace(plan, config=replace(plan.config, threads=threads))


def train_run(
    folder: Path,
    plan: RunPlan,
    controls: CommandQueue,
    limits: Limits,
    tell: Callable[[Event], None] = lambda event: None,
    training: Training | None = None,
    node: str = "",
    patience: float = 2.0,
) -> tuple[str, UserError | None]:
    """Train the run in `folder` to a status, which is written there; nothing but `run_busy` is raised.

    `node` is the cluster's name of this machine.

    Raises:
        UserError: `run_busy` where another process trains it and goes on for `patience` seconds.
    """
    with lock_file(folder / names.LOCK, patience):
        try:
            with contextlib.suppress(OSError):
                (folder / RESERVE).write_bytes(os.urandom(RESERVED))
            with _telling_memory(), training or make_training(plan) as started:
                controls.attach(started)
                return RunLoop(folder, plan, started, controls, limits, tell, node).work()
        except UserError as error:
            reason = error
        except Exception as error:  # one sentence for the reader, the rest for the log
            traceback.print_exc()
            reason = UserError("run_crashed", why=f"{type(error).__name__}: {error_reason(error)}")
        finally:
            (folder / RESERVE).unlink(missing_ok=True)
        with contextlib.suppress(UserError):
            write_state(folder, "failed", reason)
        return "failed", reason


@contextlib.contextmanager
def _telling_memory() -> Iterator[None]:
    """Turn torch's errors at the end of memory into the sentence for it."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise UserError("run_memory") from error
    except RuntimeError as error:
        if "allocate memory" in str(error) or "out of memory" in str(error):
            raise UserError("run_memory") from error
        raise
