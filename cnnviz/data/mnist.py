"""MNIST and Fashion-MNIST: 60,000 and 10,000 grey images of 28×28, in torchvision's files."""

from pathlib import Path
from threading import Lock

import numpy as np
import torch

from cnnviz.data.download import RemoteFile, fetch
from cnnviz.data.folders import cache_folder, search_folders
from cnnviz.data.idx import find_idx, read_idx
from cnnviz.data.image_set import ImageSet
from cnnviz.data.record import Dataset, Progress, Split
from cnnviz.errors import Refusal

_downloading = Lock()


class IdxFiles:
    """Reads one set of the MNIST family from `<root>/<folder>/raw`, after downloading what no root has."""

    def __init__(self, dataset: str, folder: str, files: tuple[RemoteFile, ...]) -> None:
        self.dataset, self.folder, self.files = dataset, folder, files

    def present(self, data_dir: Path | None = None) -> bool:
        """Whether some root has all four files."""
        return self._find(data_dir) is not None

    def __call__(
        self,
        split: Split,
        count: int,
        data_dir: Path | None = None,
        download: bool = True,
        progress: Progress | None = None,
    ) -> ImageSet:
        """The first `count` images of a split: uint8 (N, 1, 28, 28), int64 (N,).

        Raises:
            Refusal: `data_absent`, `data_missing`, `data_download`, `data_folder` or `data_broken`.
        """
        with _downloading:
            raw = self._find(data_dir) or self._download(data_dir, download, progress)
        start = "train" if split == "train" else "t10k"
        images_path = find_idx(raw, f"{start}-images-idx3-ubyte")
        labels_path = find_idx(raw, f"{start}-labels-idx1-ubyte")
        if images_path is None or labels_path is None:  # gone since it was found
            raise Refusal("data_broken", path=raw)
        images, labels = read_idx(images_path, (28, 28), count), read_idx(labels_path, (), count)
        if len(images) != len(labels) or not len(labels) or labels.max() > 9:
            raise Refusal("data_broken", path=labels_path)
        return ImageSet(torch.from_numpy(images[:, None].copy()), torch.from_numpy(labels.astype(np.int64)))

    def _find(self, data_dir: Path | None) -> Path | None:
        for root in search_folders(data_dir):
            raw = root / self.folder / "raw"
            if all(find_idx(raw, file.name.removesuffix(".gz")) for file in self.files):
                return raw
        return None

    def _download(self, data_dir: Path | None, allowed: bool, progress: Progress | None) -> Path:
        raw, looked = cache_folder() / self.folder / "raw", search_folders(data_dir)
        if not allowed:
            raise Refusal(
                "data_absent",
                dataset=self.dataset,
                looked=", ".join(map(str, looked)),
                url=self.files[0].urls[0].rpartition("/")[0] + "/",
                folder=raw,
            )
        total, so_far = sum(file.size for file in self.files), 0

        def arrived(number: int) -> None:
            nonlocal so_far
            so_far += number
            if progress is not None:
                progress(so_far, total)

        lacking = [file for file in self.files if not (raw / file.name).is_file()]
        for place, file in enumerate(lacking, 1):
            fetch(file, raw, self.dataset, looked, arrived, lacking[place:])
        return raw


def _files(mirrors: tuple[str, ...], *facts: tuple[int, str]) -> tuple[RemoteFile, ...]:
    names = (
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    )
    return tuple(
        RemoteFile(name, size, md5, tuple(mirror + name for mirror in mirrors))
        for name, (size, md5) in zip(names, facts, strict=True)
    )


FASHION_MNIST_FILES = IdxFiles(
    "fashion_mnist",
    "FashionMNIST",
    _files(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        (4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        (5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
)

MNIST_FILES = IdxFiles(
    "mnist",
    "MNIST",
    _files(
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
        (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        (28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
        (1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
        (4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
)

FASHION_MNIST = Dataset(
    name="fashion_mnist",
    input_shape=(1, 28, 28),
    num_train=60_000,
    num_test=10_000,
    classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    mean=(0.2860,),
    std=(0.3530,),
    light_grounds=0,
    read=FASHION_MNIST_FILES,
    present=FASHION_MNIST_FILES.present,
    needs_download=True,
    download_bytes=30_878_645,
    url="https://github.com/zalandoresearch/fashion-mnist",
)

MNIST = Dataset(
    name="mnist",
    input_shape=(1, 28, 28),
    num_train=60_000,
    num_test=10_000,
    classes=tuple("0123456789"),
    mean=(0.1307,),
    std=(0.3081,),
    light_grounds=0,
    read=MNIST_FILES,
    present=MNIST_FILES.present,
    needs_download=True,
    download_bytes=11_594_722,
    url="http://yann.lecun.com/exdb/mnist/",
)
