"""Limits on runs, uploads and downloads, from `CNNVIZ_…` variables; each profile has its own defaults."""

import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cnnviz.errors import UserError
from cnnviz.options import Choice, Whole
from cnnviz.runs.training_memory import check_training_memory

if TYPE_CHECKING:
    from cnnviz.runs.run_plan import RunPlan

PROFILE, PROFILES = "CNNVIZ_PROFILE", ("local", "hosted")
COUNT = Whole(0, 10**15 - 1)
"""Every limit."""
UNLIMITED = 1_000_000
"""Megabytes that no run reaches."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: its environment variable, and its value in each profile."""

    name: str
    variable: str
    local: int
    hosted: int


LIMITS = MappingProxyType(
    {
        limit.name: limit
        for limit in (
            Limit("concurrent", "CNNVIZ_CONCURRENT_RUNS", 2, 2),
            Limit("waiting", "CNNVIZ_WAITING_RUNS", 20, 2),
            Limit("line", "CNNVIZ_LINE_RUNS", 1000, 60),
            Limit("address_waiting", "CNNVIZ_ADDRESS_RUNS", 1000, 30),
            Limit("kept", "CNNVIZ_KEPT_RUNS", 10_000, 20),
            Limit("visitor_megabytes", "CNNVIZ_VISITOR_MB", UNLIMITED, 500),
            Limit("all_megabytes", "CNNVIZ_ALL_RUNS_MB", UNLIMITED, 2000),
            Limit("free_megabytes", "CNNVIZ_FREE_DISK_MB", 200, 500),
            Limit("epochs", "CNNVIZ_MAX_EPOCHS", 1000, 20),
            Limit("seconds", "CNNVIZ_MAX_SECONDS", 7 * 86_400, 600),
            Limit("parameters", "CNNVIZ_MAX_PARAMETERS", 1_000_000_000, 15_000_000),
            Limit("training_megabytes", "CNNVIZ_MAX_TRAINING_MB", UNLIMITED, 1500),
            Limit("image_size", "CNNVIZ_MAX_IMAGE_SIZE", 1024, 96),
            Limit("batch_size", "CNNVIZ_MAX_BATCH_SIZE", 8192, 512),
            Limit("compile", "CNNVIZ_ALLOW_COMPILE", 1, 0),
            Limit("pause_seconds", "CNNVIZ_PAUSE_SECONDS", 900, 120),
            Limit("history_megabytes", "CNNVIZ_HISTORY_MB", 200, 40),
            Limit("download_megabytes", "CNNVIZ_MAX_DOWNLOAD_MB", 100_000, 40),
            Limit("session_upload_megabytes", "CNNVIZ_SESSION_UPLOAD_MB", 500, 120),
            Limit("upload_megabytes", "CNNVIZ_UPLOAD_MB", 2000, 360),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one run, of one user and of this machine."""

    concurrent: int
    """Runs that train at once, paused ones in memory included."""
    waiting: int
    """Runs that one user may have waiting."""
    line: int
    """Runs of all users that may wait."""
    address_waiting: int
    """Runs that may wait from one public address, behind which a whole school may be."""
    kept: int
    """Runs that one user may keep."""
    visitor_megabytes: int
    """Disk for the runs of one user."""
    all_megabytes: int
    """Disk for all runs."""
    free_megabytes: int
    """Disk that stays free when a run begins."""
    epochs: int
    seconds: int
    """Of training, per run, pauses not counted."""
    parameters: int
    training_megabytes: int
    """Memory of one training, as `training_memory` estimates it."""
    image_size: int
    """The longer side in pixels."""
    batch_size: int
    compile: int
    """1 where a run may be compiled, which takes memory and a compiler."""
    pause_seconds: int
    """How long a paused run stays in memory; then it leaves, and goes on from its checkpoint."""
    history_megabytes: int
    """Disk for the saved steps of one run."""
    download_megabytes: int
    """Of an image set or of published weights that a user may have this machine fetch."""
    session_upload_megabytes: int
    """Of the uploads that one browser tab keeps on the server."""
    upload_megabytes: int
    """Of the uploads of all tabs."""

    def check(self, plan: "RunPlan") -> None:
        """Raise where `plan` goes beyond a limit.

        Raises:
            UserError: `run_limit`, `run_training_batch`, `run_training_memory`, `download_limit` or `run_no_compile`.
        """
        from cnnviz.data import dataset

        asked = {
            "epochs": plan.config.epochs,
            "image_size": max(plan.input_shape[1:]),
            "batch_size": plan.config.batch_size,
            "parameters": plan.count_parameters(),
        }
        for name, number in asked.items():
            most = getattr(self, name)
            if number > most:
                raise UserError("run_limit", setting=name, most=most, got=number, variable=LIMITS[name].variable)
        if self.training_megabytes < UNLIMITED:
            check_training_memory(plan, self.training_megabytes, LIMITS["training_megabytes"].variable)
        images = dataset(plan.dataset)
        if images.needs_download and not images.present(Path(plan.data_dir) if plan.data_dir else None):
            self.check_download(images.name, images.download_bytes)
        if plan.config.compile and not self.compile:
            raise UserError("run_no_compile", variable=LIMITS["compile"].variable)

    def check_download(self, name: str, size: int) -> None:
        """Raise where a file of `size` bytes is larger than a user may have this machine fetch.

        Raises:
            UserError: `download_limit`.
        """
        if size > self.download_megabytes * 1_000_000:
            raise UserError(
                "download_limit",
                name=name,
                megabytes=round(size / 1e6),
                most=self.download_megabytes,
                variable=LIMITS["download_megabytes"].variable,
            )


def profile() -> str:
    """`CNNVIZ_PROFILE`: "local" (the default), one's own machine, or "hosted", open to strangers.

    Raises:
        UserError: `option_choice`.
    """
    return Choice(PROFILES).parse(os.environ.get(PROFILE) or PROFILES[0], PROFILE)


def limits() -> Limits:
    """Return the limits of this server: those of its profile, save where the environment sets others.

    Raises:
        UserError: `option_choice` for an unknown profile, or `option_whole` where a variable is no whole number.
    """
    chosen = profile()
    return Limits(
        **{
            limit.name: COUNT.parse(os.environ.get(limit.variable) or getattr(limit, chosen), limit.variable)
            for limit in LIMITS.values()
        }
    )
