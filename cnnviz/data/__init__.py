"""Image sets and sample images: the tables `DATASETS` and `SAMPLES`, a reader's uploads, and what is done to an image.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.data.dataset import Dataset as Dataset
    from cnnviz.data.image_set import ImageSet as ImageSet
    from cnnviz.data.prepare import MODES as MODES
    from cnnviz.data.prepare import Preparation as Preparation
    from cnnviz.data.prepare import prepare as prepare
    from cnnviz.data.sample import SAMPLES as SAMPLES
    from cnnviz.data.sample import sample as sample
    from cnnviz.data.table import DATASETS as DATASETS
    from cnnviz.data.table import dataset as dataset
    from cnnviz.data.upload import read_upload as read_upload

_HOMES = {"DATASETS": "table", "Dataset": "dataset", "ImageSet": "image_set", "MODES": "prepare",
          "Preparation": "prepare", "SAMPLES": "sample", "dataset": "table", "prepare": "prepare",
          "read_upload": "upload", "sample": "sample"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value  # a function wins over the submodule of its name
    return value
