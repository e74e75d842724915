"""Uploaded image sets as files: one each, named by the hash of its content, so that a training process finds it."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from cnnviz.data.dataset_record import Dataset, Progress, Split
from cnnviz.data.image_set import ImageSet
from cnnviz.data.polarity import light_background_share
from cnnviz.data.uploaded_set import UploadedSet
from cnnviz.errors import UserError
from cnnviz.paths import cache_folder

PREFIX = "custom-"
LONGEST_TITLE = 60
_NAME = re.compile(rf"{PREFIX}[0-9a-f]{{16}}")
_ENDING = ".safetensors"


def uploaded_folder() -> Path:
    """Return the folder of uploaded sets, beside the downloads."""
    return cache_folder() / "own"


def is_uploaded(name: str) -> bool:
    """Return True where `name` is that of an uploaded set, there or not."""
    return _NAME.fullmatch(name) is not None


def save_set(own: UploadedSet, title: str = "") -> str:
    """Write a set; return its name, `custom-` and 16 digits: the same images, classes and split have the same one.

    Raises:
        UserError: `data_folder`.
    """
    from safetensors.torch import save

    tensors = {
        "train_images": own.train.images,
        "train_labels": own.train.labels,
        "test_images": own.test.images,
        "test_labels": own.test.labels,
    }
    digest = hashlib.sha256(json.dumps(own.classes).encode())
    for tensor in tensors.values():
        digest.update(str(tuple(tensor.shape)).encode())
        digest.update(tensor.numpy().tobytes())
    name = f"{PREFIX}{digest.hexdigest()[:16]}"
    values = own.train.images.transpose(0, 1).flatten(1).float() / 255
    facts = {
        "classes": own.classes,
        "title": title.strip()[:LONGEST_TITLE] or name,
        "input_shape": tuple(own.train.images.shape[1:]),
        "num_train": len(own.train),
        "num_test": len(own.test),
        "mean": values.mean(1).tolist(),
        "std": values.std(1, unbiased=False).clamp(min=1e-6).tolist(),
        "light_grounds": light_background_share(own.train.images),
    }
    data = save({key: tensor.contiguous() for key, tensor in tensors.items()}, {"facts": json.dumps(facts)})
    _write(uploaded_folder() / f"{name}{_ENDING}", data)
    return name


def uploaded_names() -> tuple[str, ...]:
    """Return the sets that are kept, the newest first."""
    found = []
    for path in uploaded_folder().glob(f"{PREFIX}*{_ENDING}"):
        with contextlib.suppress(OSError):  # gone meanwhile
            found.append((path.stat().st_mtime, path.stem))
    return tuple(name for _, name in sorted(found, reverse=True) if is_uploaded(name))


def uploaded_dataset(name: str) -> Dataset:
    """Return the record of an uploaded set.

    Raises:
        UserError: `own_gone` where it is not kept any more, `data_broken` where its file is not what it should be.
    """
    path = _path(name)
    facts = _facts(path)
    try:
        channels, height, width = facts["input_shape"]
        return Dataset(
            name=name,
            title=str(facts["title"]),
            input_shape=(channels, height, width),
            classes=tuple(map(str, facts["classes"])),
            num_train=int(facts["num_train"]),
            num_test=int(facts["num_test"]),
            mean=tuple(facts["mean"]),
            std=tuple(facts["std"]),
            url="",
            light_grounds=facts.get("light_grounds"),
            read=partial(_read, path),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("data_broken", path=path) from error


def delete_set(name: str) -> None:
    """Delete a set; nothing happens where it is gone.

    Raises:
        UserError: `data_folder`.
    """
    if is_uploaded(name):
        path = uploaded_folder() / f"{name}{_ENDING}"
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError("data_folder", dataset=name, folder=path.parent, reason=error.strerror or error) from error


def mark_used(name: str) -> None:
    """Mark a set as used, so that `delete_unused` keeps it."""
    if is_uploaded(name):
        with contextlib.suppress(OSError):  # it may go at any moment
            os.utime(uploaded_folder() / f"{name}{_ENDING}")


def delete_unused(seconds: float, now: float | None = None) -> tuple[str, ...]:
    """Remove the sets that nobody looked at for so long; return their names."""
    gone = tuple(name for name, _, seen in _kept() if (now or time.time()) - seen > seconds)
    for name in gone:
        delete_set(name)
    return gone


def make_room(new: str, owner: Callable[[str], str], most_each: int, most: int) -> tuple[str, ...]:
    """Remove sets until `new` fits, its owner's oldest first; return their names.

    An owner keeps at most `most_each` bytes. Where all sets together have more than `most`, the oldest of the owner
    with the most bytes goes, so that many large sets push out each other and not somebody's small one.
    """
    sizes = {name: size for name, size, _ in _kept()}  # the newest first
    owners = {name: owner(name) for name in sizes}
    gone = []
    while len(sizes) > 1:
        held: dict[str, int] = {}
        for name, size in sizes.items():
            held[owners[name]] = held.get(owners[name], 0) + size
        if held[owners[new]] > most_each and [*owners.values()].count(owners[new]) > 1:
            greediest = owners[new]
        elif sum(sizes.values()) > most:
            greediest = max((owners[name] for name in reversed(sizes) if name != new), key=held.__getitem__)
        else:
            break
        oldest = [name for name in sizes if owners[name] == greediest and name != new][-1]
        delete_set(oldest)
        gone.append(oldest)
        del sizes[oldest], owners[oldest]
    return tuple(gone)


def _kept() -> list[tuple[str, int, float]]:
    """Return the name, the bytes and the time of the last look of every set, the newest first."""
    found = []
    for name in uploaded_names():
        with contextlib.suppress(OSError):  # another user's turn let go of it
            facts = (uploaded_folder() / f"{name}{_ENDING}").stat()
            found.append((name, facts.st_size, facts.st_mtime))
    return found


def _read(
    path: Path,
    split: Split,
    count: int,
    data_dir: Path | None = None,
    download: bool = True,
    progress: Progress | None = None,
) -> ImageSet:
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            images, labels = (file.get_slice(f"{split}_{part}")[:count] for part in ("images", "labels"))
        return ImageSet(images, labels.to(torch.int64))
    except Exception as error:  # a parser fed with arbitrary bytes raises whatever it likes
        raise UserError("data_broken", path=path) from error


def _facts(path: Path) -> dict[str, Any]:
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            facts: dict[str, Any] = json.loads((file.metadata() or {})["facts"])
            return facts
    except Exception as error:
        raise UserError("data_broken", path=path) from error


def _path(name: str) -> Path:
    path = uploaded_folder() / f"{name}{_ENDING}"
    if not is_uploaded(name) or not path.is_file():
        raise UserError("own_gone", name=name)
    return path


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(beside, path)
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as error:
        raise UserError("data_folder", dataset=path.stem, folder=path.parent, reason=error.strerror or error) from error
