"""The image sets in the order of menus; pages, command line and tests all loop over this table."""

from types import MappingProxyType

from cnnviz.data.cifar import CIFAR10
from cnnviz.data.dataset_record import Dataset
from cnnviz.data.digits import DIGITS
from cnnviz.data.mnist import FASHION_MNIST, MNIST
from cnnviz.data.shapes import SHAPES
from cnnviz.data.uploaded_files import is_uploaded, uploaded_dataset
from cnnviz.errors import UserError

DATASETS = MappingProxyType({entry.name: entry for entry in (DIGITS, SHAPES, FASHION_MNIST, MNIST, CIFAR10)})


def dataset(name: str) -> Dataset:
    """Return the set called `name`, the variant of one (`shapes-single`), or an uploaded one (`custom-…`).

    >>> len(dataset("digits").load("test")), dataset("digits").classes[3]
    (599, '3')

    Raises:
        UserError: `unknown_dataset`, or `own_gone` for a reader's own set that is not kept any more.
    """
    if is_uploaded(name):
        return uploaded_dataset(name)
    for entry in DATASETS.values():
        for form in (entry, *entry.variants):
            if form.name == name:
                return form
    raise UserError("unknown_dataset", name=name, known=[*DATASETS])


def find_dataset(name: str) -> Dataset | None:
    """Return the image set called `name`; None for "" and for a set that is not kept any more."""
    try:
        return dataset(name) if name else None
    except UserError:
        return None
