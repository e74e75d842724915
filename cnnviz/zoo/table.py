"""The architectures in teaching order; menus, pages, command line and tests all loop over this table."""

from types import MappingProxyType

from cnnviz.errors import UserError
from cnnviz.zoo.alexnet import ALEXNET
from cnnviz.zoo.architecture_record import Architecture
from cnnviz.zoo.densenet import DENSENET
from cnnviz.zoo.googlenet import GOOGLENET
from cnnviz.zoo.lenet import LENET
from cnnviz.zoo.mobilenet import MOBILENET
from cnnviz.zoo.nin import NIN
from cnnviz.zoo.resnet import RESNET
from cnnviz.zoo.vgg import VGG

ARCHITECTURES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            LENET,
            ALEXNET,
            VGG,
            NIN,
            GOOGLENET,
            RESNET,
            DENSENET,
            MOBILENET,
        )
    }
)


def architecture(name: str) -> Architecture:
    """Return the entry called `name`.

    Raises:
        UserError: `unknown_architecture`.
    """
    if name not in ARCHITECTURES:
        raise UserError("unknown_architecture", name=name, known=[*ARCHITECTURES])
    return ARCHITECTURES[name]
