"""CIFAR-10: 50,000 and 10,000 colour images of 32×32.

Its files are pickles, which can run code: torchvision opens one only after all were found to have the published MD5.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cnnviz.data.dataset_record import Dataset, Split
from cnnviz.data.download import RemoteFile
from cnnviz.data.torchvision_reader import TorchvisionReader


class CifarReader(TorchvisionReader):
    """Read CIFAR-10 from `<root>/cifar-10-batches-py`."""

    def downloads(self) -> tuple[RemoteFile, ...]:
        """Return the one archive."""
        theirs = self.torchvision_class()
        return (RemoteFile(theirs.filename, self.sizes[0], theirs.tgz_md5, (theirs.url,)),)

    def lacking(self, folder: Path) -> list[RemoteFile]:
        """Return the archive where `folder` lacks any of its files."""
        return [] if all((folder / name).is_file() for name in self.files) else list(self.downloads())

    def tensors(self, found: Any) -> tuple[Tensor, Tensor]:
        """Return uint8 (N, 3, 32, 32) and int64 (N,)."""
        images = torch.from_numpy(found.data).permute(0, 3, 1, 2)  # torchvision turned the axes of its files
        return images.contiguous(), torch.tensor(found.targets, dtype=torch.int64)

    def damaged(self, root: Path, split: Split) -> str:
        """Return the first file whose MD5 is not the published one, else the first of the split."""
        from torchvision.datasets.utils import check_integrity

        theirs = self.torchvision_class()
        hashes = [*theirs.train_list, *theirs.test_list, [theirs.meta["filename"], theirs.meta["md5"]]]
        wrong = [name for name, md5 in hashes if not check_integrity(root / self.folder / name, md5)]
        return wrong[0] if wrong else self.labels_file(split)

    def labels_file(self, split: Split) -> str:
        """Return the first file of the split, which holds images and labels."""
        return self.files[0] if split == "train" else self.files[5]


CIFAR10_READER = CifarReader(
    dataset="cifar10",
    class_name="CIFAR10",
    folder="cifar-10-batches-py",
    files=(*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta"),
    sizes=(170_498_071,),
    address="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    image_shape=(3, 32, 32),
    archive_has_folder=True,
)

CIFAR10 = Dataset(
    name="cifar10",
    input_shape=(3, 32, 32),
    num_train=50_000,
    num_test=10_000,
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    read=CIFAR10_READER,
    present=CIFAR10_READER.present,
    needs_download=True,
    download_bytes=170_498_071,
    url="https://www.cs.toronto.edu/~kriz/cifar.html",
)
