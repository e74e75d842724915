"""Image sets that torchvision finds, checks and parses, with this project's progress, folders and sentences around.

torchvision is imported when such a set is asked for and not before: alone it costs a process 160 MB and two seconds
(it brings torch's compiler along), in a process that has trained already 11 MB and a quarter of a second.
"""

import shutil
import tempfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from cnnviz.data.dataset_record import Progress, Split
from cnnviz.data.download import RemoteFile, fetch
from cnnviz.data.image_set import ImageSet
from cnnviz.errors import UserError
from cnnviz.paths import cache_folder, image_set_folders

DAMAGE = (AssertionError, EOFError, IndexError, KeyError, OSError, RuntimeError, TypeError, ValueError, zlib.error)
"""The errors of torchvision, gzip and tarfile where a file does not hold what its name promises."""

_downloading = Lock()


@dataclass(frozen=True)
class TorchvisionReader(ABC):
    """Read one of torchvision's sets from its usual folder below a root, after downloading what no root has."""

    dataset: str
    """The set's name here, for sentences."""
    class_name: str
    """The set's class in `torchvision.datasets`."""
    folder: str
    """The folder of the files below a root, with "/"."""
    files: tuple[str, ...]
    """The names of all files, as torchvision wants them."""
    sizes: tuple[int, ...]
    """Published bytes of each download."""
    address: str
    """The folder or file on the web, to be fetched by hand."""
    image_shape: tuple[int, int, int]
    """(C, H, W)"""
    archive_has_folder: bool = False
    """The download is an archive that holds `folder` itself."""

    def present(self, data_dir: Path | None = None) -> bool:
        """Return whether some root has all files."""
        return self._find(data_dir) is not None

    def __call__(
        self,
        split: Split,
        count: int,
        data_dir: Path | None = None,
        download: bool = True,
        progress: Progress | None = None,
    ) -> ImageSet:
        """Return the first `count` images of a split: uint8 (N, C, H, W), int64 (N,).

        Raises:
            UserError: `data_absent`, `data_missing`, `data_download`, `data_folder` or `data_broken`.
        """
        with _downloading:
            root = self._find(data_dir) or self._download(data_dir, download, progress)
        with self._ready(root) as ready:
            try:
                found = self.torchvision_class()(ready, train=split == "train")
                images, labels = self.tensors(found)
            except DAMAGE as error:
                raise UserError("data_broken", path=self._published(root, self.damaged(ready, split))) from error
        if tuple(images.shape[1:]) != self.image_shape or images.dtype != torch.uint8:
            raise UserError("data_broken", path=self._published(root, self.damaged(ready, split)))
        if not len(labels) or len(labels) != len(images) or int(labels.max()) > 9:
            raise UserError("data_broken", path=self._published(root, self.labels_file(split)))
        return ImageSet(images[:count].clone(), labels[:count].clone())

    def torchvision_class(self) -> Any:
        """Return the class of `torchvision.datasets`."""
        import torchvision.datasets

        return getattr(torchvision.datasets, self.class_name)

    @abstractmethod
    def downloads(self) -> tuple[RemoteFile, ...]:
        """Return the published files with torchvision's addresses and checksums."""

    @abstractmethod
    def tensors(self, found: Any) -> tuple[Tensor, Tensor]:
        """Return the images, uint8 (N, C, H, W), and labels, int64 (N,), of torchvision's set."""

    @abstractmethod
    def damaged(self, root: Path, split: Split) -> str:
        """Return the name of the file that torchvision could not read."""

    @abstractmethod
    def labels_file(self, split: Split) -> str:
        """Return the name of the file with the labels of a split."""

    @abstractmethod
    def lacking(self, folder: Path) -> list[RemoteFile]:
        """Return the downloads whose files `folder` does not have."""

    def _find(self, data_dir: Path | None) -> Path | None:
        for root in image_set_folders(data_dir):
            if all(self._path(root, name) for name in self.files):
                return root
        return None

    def _path(self, root: Path, name: str) -> Path | None:
        """Return the path of a file, or of the same packed with gzip; None where there is neither."""
        for path in (root / self.folder / name, root / self.folder / f"{name}.gz"):
            if path.is_file():
                return path
        return None

    def _published(self, root: Path, name: str) -> Path:
        return self._path(root, name) or root / self.folder / name

    @contextmanager
    def _ready(self, root: Path) -> Iterator[Path]:
        """Yield a root whose files are unpacked, as torchvision reads them: `root`, else a temporary one."""
        paths = {name: self._published(root, name) for name in self.files}
        if all(path.name == name for name, path in paths.items()):
            yield root
            return
        with tempfile.TemporaryDirectory(prefix="cnnviz-") as temporary:
            folder = Path(temporary) / self.folder
            folder.mkdir(parents=True)
            for name, path in paths.items():
                try:
                    if path.name == name:
                        shutil.copyfile(path, folder / name)
                    else:
                        unpack(path, folder)
                except DAMAGE as error:
                    raise UserError("data_broken", path=path) from error
            yield Path(temporary)

    def _download(self, data_dir: Path | None, allowed: bool, progress: Progress | None) -> Path:
        root, looked = cache_folder(), image_set_folders(data_dir)
        place = root if self.archive_has_folder else root / self.folder
        if not allowed:
            raise UserError(
                "data_absent",
                dataset=self.dataset,
                looked=[*looked],
                url=self.address,
                folder=place,
            )
        folder = root / self.folder
        lacking = self.lacking(folder)
        arrived = _counter(sum(file.size for file in lacking), progress)
        for number, file in enumerate(lacking, 1):
            archive = fetch(file, place, self.dataset, looked, arrived, lacking[number:])
            try:
                folder.mkdir(exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=place) as temporary:
                    unpack(archive, Path(temporary))
                    for path in sorted(Path(temporary).rglob("*")):
                        if path.name in self.files:
                            path.replace(folder / path.name)  # nobody ever sees half of a file
                archive.unlink()
            except DAMAGE as error:
                raise UserError("data_folder", dataset=self.dataset, folder=folder, reason=error) from error
        return root


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive or a packed file into `folder` as torchvision does."""
    from torchvision.datasets.utils import extract_archive

    extract_archive(archive, folder)


def _counter(total: int, progress: Progress | None) -> Callable[[int], None]:
    so_far = 0

    def arrived(number: int) -> None:
        nonlocal so_far
        so_far += number
        if progress is not None:
            progress(so_far, total)

    return arrived
