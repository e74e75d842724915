"""`train`: one run in this process, written to its folder as it goes."""

import os
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.cli.output import print_error, print_json
from cnnviz.cli.own_argument import is_own, own_request
from cnnviz.cli.progress import ProgressBar
from cnnviz.cli.trace_command import parse_settings
from cnnviz.data.image_count import IMAGE_COUNT
from cnnviz.errors import UserError
from cnnviz.paths import path_kind, user_path
from cnnviz.runs.limits import profile
from cnnviz.runs.priority import lower_priority
from cnnviz.runs.run_plan import FLAGS
from cnnviz.text import Text, load

if TYPE_CHECKING:
    from cnnviz.runs.commands import CommandQueue
    from cnnviz.runs.event_log import Event
    from cnnviz.runs.run_plan import RunPlan

KEYS = {
    "step": ("event", "epoch", "step", "loss", "accuracy", "images_per_second"),
    "epoch": (
        "event",
        "epoch",
        "train_loss",
        "train_accuracy",
        "test_loss",
        "test_accuracy",
        "seconds",
        "images_per_second",
    ),
    "end": ("event", "status", "out", "test_accuracy", "images_per_second"),
}
"""What `--json` prints of each event."""

FAILED = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Add `ARCH`, `-o`, `-s`, `--dataset` and the rest, or `--resume`; and `--json`."""
    parser.add_argument("architecture", nargs="?")
    parser.add_argument("-o", "--option", action="append", default=[])
    parser.add_argument("-s", "--setting", action="append", default=[])
    for flag in ("--dataset", "--data-dir", *FLAGS.values(), "--limit", "--out", "--resume"):
        parser.add_argument(flag)
    parser.add_argument("--adapt", action="store_true")
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Train to the end, to Ctrl-C or to a failure; the folder can be resumed.

    Raises:
        UserError: a wrong call.
        KeyboardInterrupt: after Ctrl-C, once everything is saved.
        SystemExit: with code 1 where the training failed.
    """
    if arguments.resume is not None:
        _refuse_beside_resume(arguments)
        folder, plan = _existing(arguments.resume)
    elif arguments.architecture is None:
        raise UserError("argument_missing", command="train", argument="ARCH", help="python -m cnnviz list")
    else:
        if arguments.out is None and profile() == "hosted":
            raise UserError("run_out")  # who calls has no browser that a run could belong to
        if arguments.out is not None:
            user_path(arguments.out)  # refused before the images are loaded
        folder, plan = None, _new_plan(arguments)

    lower_priority()
    import torch

    from cnnviz.accelerate.malloc import keep_freed_memory
    from cnnviz.runs.commands import CommandQueue
    from cnnviz.runs.limits import limits
    from cnnviz.runs.run_training import make_training, train_run, with_threads

    keep_freed_memory()
    plan = with_threads(plan, torch.get_num_threads())
    allowed = limits()
    allowed.check(plan)
    if folder is None:
        training = make_training(plan)  # refused before anything is written
        folder = _new_folder(arguments.out, plan)
    else:
        training = None
    controls = CommandQueue()
    tell = _json_lines(folder) if arguments.json else ProgressBar(folder, load("runs", t.language))
    unheard = _Unheard(tell, controls)
    with _stopping(controls) as stopped:
        status, reason = train_run(folder, plan, controls, allowed, unheard, training)
    if unheard.error is not None:
        raise unheard.error
    if status == "failed" and reason is not None:
        if not tell.ended:
            tell({"event": "end", "status": status, "test_accuracy": None, "images_per_second": None})
        print_error(reason, t.language)
        raise SystemExit(FAILED)
    if stopped:
        raise KeyboardInterrupt
    if reason is not None:
        print_error(reason, t.language)


def _new_plan(arguments: Namespace) -> "RunPlan":
    from cnnviz.runs.run_plan import RunPlan

    settings = parse_settings(arguments.setting, example="optimizer=adam")
    for name, flag in FLAGS.items():
        value = getattr(arguments, flag.removeprefix("--").replace("-", "_"))
        if value is not None:
            if name in settings:
                raise UserError("option_twice", option=name)
            settings[name] = value
    given = {
        "architecture": arguments.architecture,
        "dataset": arguments.dataset,
        "settings": settings,
        "options": parse_settings(arguments.option, example="pool=max"),
    }
    if is_own(arguments.architecture):
        size = settings.get("image_size")
        given |= own_request(arguments.architecture, arguments.dataset or "digits", size, arguments.adapt)
    if arguments.limit is not None:
        given["limit"] = IMAGE_COUNT.parse(arguments.limit, "--limit")
    data_dir = arguments.data_dir
    return RunPlan.parse(given, data_dir=None if data_dir is None else str(user_path(data_dir)))


def _refuse_beside_resume(arguments: Namespace) -> None:
    for name, value in vars(arguments).items():
        if value not in (None, [], False) and name not in ("resume", "json", "help"):
            raise UserError("run_resume_alone", argument=f"--{name.replace('_', '-')}")


def _existing(word: str) -> "tuple[Path, RunPlan]":
    from cnnviz.runs.folder import read_folder
    from cnnviz.runs.store import RunStore

    folder = user_path(word)
    record = read_folder(folder) if path_kind(folder) or os.sep in word else RunStore().find(word)
    if record.status == "finished":
        raise UserError("run_finished")
    if record.status in ("running", "waiting", "starting"):
        raise UserError("run_busy", path=record.folder)
    return record.folder, record.plan


def _new_folder(out: str | None, plan: "RunPlan") -> Path:
    from cnnviz.runs.folder import make_folder
    from cnnviz.runs.store import RunStore

    if out is None:
        return RunStore().create(plan).folder
    folder = user_path(out)
    return make_folder(folder, plan, folder.name).folder


class _json_lines:  # noqa: N801
    """A printer of an event's documented facts, as a line of JSON."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.ended = folder, False

    def __call__(self, event: "Event") -> None:
        if event["event"] in KEYS:
            facts = {**event, "out": str(self._folder)}
            print_json({key: facts[key] for key in KEYS[event["event"]]})
            self.ended = event["event"] == "end"


class _Unheard:
    """A printer of events that, where nothing more can be printed, stops the training, which is saved."""

    def __init__(self, tell: "Callable[[Event], None]", controls: "CommandQueue") -> None:
        self._tell, self._controls = tell, controls
        self.error: BrokenPipeError | UserError | None = None

    def __call__(self, event: "Event") -> None:
        if self.error is not None:
            return
        try:
            self._tell(event)
        except (BrokenPipeError, UserError) as error:
            self.error = error
            self._controls.give({"do": "cancel"})


@contextmanager
def _stopping(controls: "CommandQueue") -> Iterator[list[bool]]:
    """Let the first Ctrl-C stop the training within a minibatch, and the second end the program."""
    stopped: list[bool] = []

    def stop(number: int, frame: Any) -> None:
        stopped.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        controls.give({"do": "cancel"})

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
