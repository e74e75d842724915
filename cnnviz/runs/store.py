"""All runs of this machine: found by their ids, listed, renamed and deleted by their owners."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import shutil
import time
import unicodedata
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.paths import runs_folder
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.folder import change_config, make_folder, read_folder
from cnnviz.runs.limits import profile
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import ALIVE, RunRecord

LONGEST_NAME = 80
FORGOTTEN_AFTER = 24 * 3600.0
"""Seconds after the last visit of its owner that a hosted run is kept."""
UNDO_SECONDS = 30.0
"""How long a run that was put into the bin can be taken out of it again."""
BIN = ".bin-"
"""What a folder's name begins with in the bin."""


class RunStore:
    """The runs in one folder, by default that of `$CNNVIZ_RUNS`; `hosted` by default as `$CNNVIZ_PROFILE` says.

    On one's own machine every run is everybody's. Hosted, a run belongs to a user: a random key that the
    user's browser keeps and that no link carries; only its digest is written. Whoever has a run's id may
    look at it.

    Raises:
        UserError: `option_choice`, or `run_disk` where the folder cannot be made.
    """

    def __init__(self, root: Path | None = None, hosted: bool | None = None) -> None:
        self.root = (root or runs_folder()).absolute()
        self.hosted = profile() == "hosted" if hosted is None else hosted
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError("run_disk", path=self.root, why=error_reason(error)) from error

    def owner(self, user: str) -> str:
        """Return the mark of the runs of `user`: "" on the user's own machine.

        Raises:
            UserError: `run_no_visitor` for a hosted user without a key of at least 16 characters.
        """
        if not self.hosted:
            return ""
        if not isinstance(user, str) or not 16 <= len(user) <= 200:
            raise UserError("run_no_visitor")
        return hashlib.blake2b(user.encode(), digest_size=16).hexdigest()

    def owns(self, user: str, record: RunRecord) -> bool:
        """Return True where `user` may change the run."""
        if not self.hosted:
            return True
        try:
            return hmac.compare_digest(self.owner(user), record.owner)
        except UserError:
            return False

    def create(self, plan: RunPlan, user: str = "", name: str = "", keeper: Path | None = None) -> RunRecord:
        """Return a new run, waiting, under a new unguessable id.

        Raises:
            UserError: `run_name`, `run_no_visitor` or `run_disk`.
        """
        run_id = secrets.token_hex(12)
        aside = self.root / f".new-{run_id}"  # nobody reads half a run
        make_folder(aside, plan, run_id, self.owner(user), check_name(name), keeper)
        try:
            aside.rename(self.root / run_id)
        except OSError as error:
            raise UserError("run_disk", path=aside, why=error_reason(error)) from error
        return self.find(run_id)

    def find(self, run_id: str) -> RunRecord:
        """Return the run with this id, as it stands now.

        Raises:
            UserError: `run_unknown` or `run_damaged`.
        """
        return read_folder(self._folder(run_id))

    def own(self, run_id: str, user: str) -> RunRecord:
        """Return the run with this id, for its owner.

        Raises:
            UserError: `run_not_yours`, `run_unknown` or `run_damaged`.
        """
        record = self.find(run_id)
        if not self.owns(user, record):
            raise UserError("run_not_yours")
        return record

    def runs(self, user: str = "") -> tuple[RunRecord, ...]:
        """Return the user's runs, the newest first; a damaged folder is passed over (see `damaged`)."""
        found = [record for record in self.everyones() if self.owns(user, record)]
        return tuple(sorted(found, key=lambda record: record.created, reverse=True))

    def everyones(self) -> tuple[RunRecord, ...]:
        """Return all runs whose folders can be read, for the queue alone."""
        found = []
        for folder in self._folders():
            with contextlib.suppress(UserError):
                found.append(read_folder(folder))
        return tuple(found)

    def damaged(self) -> tuple[UserError, ...]:
        """Return the errors of folders that cannot be read; none on a shared server, where nobody owns them."""
        found = []
        for folder in [] if self.hosted else self._folders():
            try:
                read_folder(folder)
            except UserError as error:
                if folder.exists():  # else it has just been deleted
                    found.append(error)
        return tuple(found)

    def rename(self, run_id: str, name: str, user: str = "") -> None:
        """Give a run another name.

        Raises:
            UserError: `run_name`, `run_not_yours`, `run_unknown`, `run_damaged` or `run_disk`.
        """
        change_config(self.own(run_id, user).folder, name=check_name(name))

    def delete(self, run_id: str, user: str = "") -> None:
        """Remove a run that nobody works on, for good.

        Raises:
            UserError: `run_busy`, `run_not_yours`, `run_unknown` or `run_damaged`.
        """
        record = self.own(run_id, user)
        if record.status in ALIVE:
            raise UserError("run_busy", path=record.folder)
        self._remove(record.folder)

    def put_into_bin(self, run_id: str, user: str = "") -> None:
        """Take a run that nobody works on out of the list; its files stay for `UNDO_SECONDS` at least.

        Raises:
            UserError: `run_busy`, `run_not_yours`, `run_unknown`, `run_damaged` or `run_disk`.
        """
        record = self.own(run_id, user)
        if record.status in ALIVE:
            raise UserError("run_busy", path=record.folder)
        try:
            os.utime(record.folder)  # the time counts from now
            record.folder.rename(record.folder.with_name(BIN + record.id))
        except OSError as error:
            raise UserError("run_disk", path=record.folder, why=error_reason(error)) from error

    def take_out_of_bin(self, run_id: str, user: str = "") -> RunRecord:
        """Bring a run back as it was.

        Raises:
            UserError: `run_not_yours`, `run_undo_over` where its time is over, `run_damaged` or `run_disk`.
        """
        folder = next((folder for folder in self._bin() if folder.name == f"{BIN}{run_id}"), None)
        if folder is None:
            raise UserError("run_undo_over", seconds=round(UNDO_SECONDS))
        if not self.owns(user, read_folder(folder)):
            raise UserError("run_not_yours")
        try:
            folder.rename(self.root / run_id)
        except OSError as error:
            raise UserError("run_disk", path=folder, why=error_reason(error)) from error
        return self.find(run_id)

    def binned(self) -> tuple[RunRecord, ...]:
        """Return everybody's runs in the bin, whose files still take room."""
        found = []
        for folder in self._bin():
            with contextlib.suppress(UserError):
                found.append(read_folder(folder))
        return tuple(found)

    def empty_bin(self, now: float | None = None) -> None:
        """Remove the runs in the bin whose time is over, for good."""
        for folder in self._bin():
            with contextlib.suppress(UserError, OSError):
                if (now or time.time()) - folder.stat().st_mtime > UNDO_SECONDS:
                    self._remove(folder)

    def visit(self, user: str) -> None:
        """Mark the user's runs as visited; a page calls it at every visit and now and then."""
        for record in self.runs(user) if self.hosted else ():
            with contextlib.suppress(OSError):
                os.utime(record.folder / "visit")

    def forgotten(self, now: float | None = None) -> tuple[RunRecord, ...]:
        """Return the hosted runs whose owner was not here for a day."""
        found = []
        for folder in self._folders() if self.hosted else ():
            with contextlib.suppress(UserError, OSError):
                if (now or time.time()) - (folder / "visit").stat().st_mtime > FORGOTTEN_AFTER:
                    found.append(read_folder(folder))
        return tuple(found)

    def clear_damaged(self, now: float | None = None) -> None:
        """Remove the hosted folders that cannot be read, so that nobody owns them, and that are a day old."""
        for folder in self._folders() if self.hosted else ():
            try:
                read_folder(folder)
            except UserError:
                with contextlib.suppress(UserError, OSError):
                    if (now or time.time()) - folder.stat().st_mtime > FORGOTTEN_AFTER:
                        self._remove(folder)

    def forget(self, record: RunRecord) -> None:
        """Remove a run that `forgotten` gave."""
        self._remove(record.folder)

    def _remove(self, folder: Path) -> None:
        aside = folder.with_name(f".deleted-{folder.name}")
        try:
            folder.rename(aside)  # gone at once, however long the files take
        except OSError as error:
            raise UserError("run_disk", path=folder, why=error_reason(error)) from error
        shutil.rmtree(aside, ignore_errors=True)

    def _bin(self) -> list[Path]:
        return self._folders(rf"{re.escape(BIN)}[0-9a-f]{{24}}")

    def _folders(self, pattern: str = r"[0-9a-f]{24}") -> list[Path]:
        try:
            with os.scandir(self.root) as entries:
                return [
                    Path(entry)
                    for entry in entries
                    if re.fullmatch(pattern, entry.name) and entry.is_dir(follow_symlinks=False)
                ]
        except OSError as error:
            raise UserError("run_disk", path=self.root, why=error_reason(error)) from error

    def _folder(self, run_id: str) -> Path:
        for folder in self._folders():
            if folder.name == run_id:
                return folder
        raise UserError("run_unknown")


def check_name(name: str) -> str:
    """Return a run's name without spaces around it, "" for none.

    Raises:
        UserError: `run_name` for a name that is too long or holds control characters.
    """
    word = name.strip() if isinstance(name, str) else "\0"
    if len(word) > LONGEST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in word):
        raise UserError("run_name", most=LONGEST_NAME)
    return word
