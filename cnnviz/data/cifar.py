"""CIFAR-10: 50,000 and 10,000 colour images of 32×32, in files laid out as torchvision lays them out."""

import hashlib
import pickle
import tarfile
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import numpy as np
import torch

from cnnviz.data.download import RemoteFile, fetch
from cnnviz.data.folders import cache_folder, search_folders
from cnnviz.data.image_set import ImageSet
from cnnviz.data.record import Dataset, Progress, Split
from cnnviz.errors import Refusal

FOLDER = "cifar-10-batches-py"
_IMAGES_PER_FILE = 10_000
_LARGEST_FILE = 40_000_000

_downloading = Lock()


class CifarFiles:
    """Reads CIFAR-10 from `<root>/cifar-10-batches-py`, after downloading it where no root has it.

    The files are pickles, which can run code: one is unpacked only after its bytes were found to have the
    published MD5, `hashes` (file name -> MD5, the test file last).
    """

    def __init__(self, hashes: Mapping[str, str], archive: RemoteFile) -> None:
        self.hashes, self.archive = hashes, archive

    def present(self, data_dir: Path | None = None) -> bool:
        """Whether some root has all six files."""
        return self._find(data_dir) is not None

    def __call__(
        self,
        split: Split,
        count: int,
        data_dir: Path | None = None,
        download: bool = True,
        progress: Progress | None = None,
    ) -> ImageSet:
        """The first `count` images of a split: uint8 (N, 3, 32, 32), int64 (N,).

        Raises:
            Refusal: `data_absent`, `data_missing`, `data_download`, `data_folder` or `data_broken`.
        """
        with _downloading:
            folder = self._find(data_dir) or self._download(data_dir, download, progress)
        *train, test = self.hashes
        names = train if split == "train" else [test]
        parts, found = [], 0
        for name in names:
            if found < count:
                parts.append(self._read(folder / name))
                found += len(parts[-1][1])
        images = np.concatenate([images for images, _ in parts])[:count]
        labels = np.concatenate([labels for _, labels in parts])[:count]
        return ImageSet(torch.from_numpy(images), torch.from_numpy(labels))

    def _read(self, path: Path) -> tuple[np.ndarray, np.ndarray]:
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise ValueError("size")
            data = path.read_bytes()
            if hashlib.md5(data, usedforsecurity=False).hexdigest() != self.hashes[path.name]:
                raise ValueError("checksum")
            batch = pickle.loads(data, encoding="latin1")
        except (OSError, ValueError) as error:
            raise Refusal("data_broken", path=path) from error
        return (
            np.asarray(batch["data"], dtype=np.uint8).reshape(-1, 3, 32, 32),
            np.asarray(batch["labels"], dtype=np.int64),
        )

    def _find(self, data_dir: Path | None) -> Path | None:
        for root in search_folders(data_dir):
            if all((root / FOLDER / name).is_file() for name in self.hashes):
                return root / FOLDER
        return None

    def _download(self, data_dir: Path | None, allowed: bool, progress: Progress | None) -> Path:
        root, looked = cache_folder(), search_folders(data_dir)
        if not allowed:
            raise Refusal(
                "data_absent",
                dataset="cifar10",
                looked=", ".join(map(str, looked)),
                url=self.archive.urls[0],
                folder=root,
            )
        so_far = 0

        def arrived(number: int) -> None:
            nonlocal so_far
            so_far += number
            if progress is not None:
                progress(so_far, self.archive.size)

        path = fetch(self.archive, root, "cifar10", looked, arrived)
        folder = root / FOLDER
        try:
            folder.mkdir(exist_ok=True)
            with tarfile.open(path, "r:gz") as archive:
                for name in self.hashes:
                    member = archive.extractfile(f"{FOLDER}/{name}")
                    if member is None:
                        raise KeyError(name)
                    part = folder / f"{name}.part"
                    part.write_bytes(member.read())
                    part.replace(folder / name)
        except (OSError, KeyError, tarfile.TarError) as error:
            raise Refusal("data_folder", dataset="cifar10", folder=folder, reason=error) from error
        path.unlink()
        return folder


CIFAR10_FILES = CifarFiles(
    {
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
        "test_batch": "40351d587109b95175f43aff81a1287e",
    },
    RemoteFile(
        "cifar-10-python.tar.gz",
        170_498_071,
        "c58f30108f718f92721af3b95e74349a",
        ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
    ),
)

CIFAR10 = Dataset(
    name="cifar10",
    input_shape=(3, 32, 32),
    num_train=50_000,
    num_test=10_000,
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    read=CIFAR10_FILES,
    present=CIFAR10_FILES.present,
    needs_download=True,
    download_bytes=170_498_071,
    url="https://www.cs.toronto.edu/~kriz/cifar.html",
)
