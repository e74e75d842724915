"""Traced networks for the tests of questions: forms of the zoo, trained ones with a digit, one that a person wrote."""

from functools import cache

import torch
from torch import nn

from cnnviz.data.samples import SAMPLES
from cnnviz.lessons.questions import TracedNetwork
from cnnviz.models import ModelSpec, load_model

FORMS = {
    "LeNet": ("lenet", {}),
    "LeNet, max": ("lenet", {"pool": "max"}),
    "AlexNet": ("alexnet", {}),
    "AlexNet, paper": ("alexnet", {"form": "paper"}),
    "VGG-11": ("vgg", {}),
    "NiN": ("nin", {}),
    "GoogLeNet": ("googlenet", {}),
    "ResNet-18": ("resnet", {}),
    "DenseNet": ("densenet", {}),
    "MobileNet": ("mobilenet", {}),
}
TRAINED = ("lenet-digits", "lenet-max-digits", "lenet-bn-digits", "resnet-18-digits", "mobilenet-v1-digits")


class Own(nn.Module):
    """A residual block and a concatenation, as a student writes them: (N, 3, 21, 21) -> (N, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 6, 5, stride=2, padding=1)
        self.same = nn.Conv2d(6, 6, 3, padding=1, groups=2)
        self.norm = nn.BatchNorm2d(6)
        self.side = nn.Conv2d(6, 4, 1)
        self.pool = nn.MaxPool2d(3, 2, padding=1)
        self.drop = nn.Dropout(0.25)
        self.head = nn.Linear(10 * 5 * 5, 4, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x).relu()
        x = (self.norm(self.same(x)) + x).relu()
        x = self.pool(torch.cat([x, self.side(x)], 1))
        return self.head(self.drop(x.flatten(1)))


@cache
def traced(title: str) -> TracedNetwork:
    """One of `FORMS`, without an image."""
    name, options = FORMS[title]
    return TracedNetwork(title, ModelSpec.of(name, options).trace())


@cache
def trained(name: str, digit: int = 7) -> TracedNetwork:
    """One of `TRAINED`, with a digit."""
    model = load_model(name)
    return TracedNetwork.of_model(model, name, model.prepare(SAMPLES["digit"].load(digit)))


@cache
def own() -> TracedNetwork:
    torch.manual_seed(0)
    return TracedNetwork.of_module(Own().eval(), (3, 21, 21), "own", torch.rand(1, 3, 21, 21))


def all_networks() -> tuple[TracedNetwork, ...]:
    return (*map(traced, FORMS), *map(trained, TRAINED), own())
