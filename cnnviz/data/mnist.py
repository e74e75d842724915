"""MNIST and Fashion-MNIST: 60,000 and 10,000 grey images of 28×28."""

from pathlib import Path
from typing import Any

from torch import Tensor

from cnnviz.data.dataset_record import Dataset, Split
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.download import RemoteFile
from cnnviz.data.torchvision_reader import DAMAGE, TorchvisionReader


class MnistReader(TorchvisionReader):
    """Read a set of the MNIST family from `<root>/<folder>`."""

    def downloads(self) -> tuple[RemoteFile, ...]:
        """Return the four packed files."""
        theirs = self.torchvision_class()
        return tuple(
            RemoteFile(name, size, md5, tuple(mirror + name for mirror in theirs.mirrors))
            for (name, md5), size in zip(theirs.resources, self.sizes, strict=True)
        )

    def lacking(self, folder: Path) -> list[RemoteFile]:
        """Return the packed files whose contents `folder` does not have."""
        return [file for file in self.downloads() if not (folder / file.name.removesuffix(".gz")).is_file()]

    def tensors(self, found: Any) -> tuple[Tensor, Tensor]:
        """Return uint8 (N, 1, 28, 28) and int64 (N,)."""
        return found.data[:, None], found.targets

    def damaged(self, root: Path, split: Split) -> str:
        """Return the images' file where it is not what it should be, else the labels'."""
        from torchvision.datasets.mnist import read_image_file

        name = f"{_start(split)}-images-idx3-ubyte"
        try:
            whole = read_image_file(str(root / self.folder / name)).shape[1:] == self.image_shape[1:]
        except DAMAGE:
            whole = False
        return self.labels_file(split) if whole else name

    def labels_file(self, split: Split) -> str:
        """Return the name of the labels' file."""
        return f"{_start(split)}-labels-idx1-ubyte"


def _start(split: Split) -> str:
    return "train" if split == "train" else "t10k"


def _reader(dataset: str, class_name: str, address: str, *sizes: int) -> MnistReader:
    files = tuple(
        f"{start}-{kind}" for start in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    return MnistReader(dataset, class_name, f"{class_name}/raw", files, sizes, address, (1, 28, 28))


FASHION_MNIST_READER = _reader(
    "fashion_mnist",
    "FashionMNIST",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    26_421_880,
    29_515,
    4_422_102,
    5_148,
)
MNIST_READER = _reader(
    "mnist", "MNIST", "https://ossci-datasets.s3.amazonaws.com/mnist/", 9_912_422, 28_881, 1_648_877, 4_542
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
    read=FASHION_MNIST_READER,
    present=FASHION_MNIST_READER.present,
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
    handwriting=DigitFrame(side=28, box=(20, 20), centre="mass", stroke=1.6),
    read=MNIST_READER,
    present=MNIST_READER.present,
    needs_download=True,
    download_bytes=11_594_722,
    url="http://yann.lecun.com/exdb/mnist/",
)
