"""Image sets, sample images, uploads, and the preparation of an image for a network.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.data.dataset_record import Dataset as Dataset
    from cnnviz.data.datasets import DATASETS as DATASETS
    from cnnviz.data.datasets import dataset as dataset
    from cnnviz.data.image_set import ImageSet as ImageSet
    from cnnviz.data.preparation import MODES as MODES
    from cnnviz.data.preparation import PreparedImage as PreparedImage
    from cnnviz.data.preparation import prepare as prepare
    from cnnviz.data.samples import SAMPLES as SAMPLES
    from cnnviz.data.samples import sample as sample
    from cnnviz.data.upload import read_upload as read_upload

_HOMES = {
    "DATASETS": "datasets",
    "Dataset": "dataset_record",
    "ImageSet": "image_set",
    "MODES": "preparation",
    "PreparedImage": "preparation",
    "SAMPLES": "samples",
    "dataset": "datasets",
    "prepare": "preparation",
    "read_upload": "upload",
    "sample": "samples",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
