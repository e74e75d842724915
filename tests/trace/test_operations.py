"""The table of operations: its columns are full, and its words exist."""

from dataclasses import fields

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnviz.accelerate.output_shapes import ELEMENTWISE
from cnnviz.errors import UserError
from cnnviz.figures.layer_words import kind_description
from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import LayerRecord, LazyActivations, trace
from cnnviz.trace.arithmetic import arithmetic
from cnnviz.trace.explain import explain
from cnnviz.trace.families import FAMILIES
from cnnviz.trace.operation_kind import OperationKind
from cnnviz.trace.operations import OPERATIONS, is_elementwise, module_operation


def test_every_column_must_be_given_or_none() -> None:
    for column in fields(OperationKind):
        given = {each.name: None for each in fields(OperationKind) if each.name != column.name}
        with pytest.raises(TypeError, match=column.name):
            OperationKind(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", OPERATIONS.values(), ids=list(OPERATIONS))
def test_every_row_names_torch_code_a_family_and_words_that_exist(kind: OperationKind) -> None:
    assert kind.modules or kind.functions
    assert kind.family in FAMILIES
    for language in LANGUAGES:
        words = load("kinds", language)
        assert f"family.{kind.family}" in words
        assert kind.words is None or f"{kind.words}.what" in words
    for cls in kind.modules or ():
        assert cls.__module__.startswith("torch.nn.")


def test_every_activation_of_the_course_is_explained_by_its_own_formula() -> None:
    for name in ACTIVATIONS:
        assert OPERATIONS[name].explain is not None


@pytest.mark.parametrize("cls", ELEMENTWISE, ids=lambda cls: cls.__name__)
def test_a_layer_that_keeps_its_shape_by_formula_is_elementwise_in_the_table(cls: type[nn.Module]) -> None:
    layer = nn.Threshold(0.1, 20) if cls is nn.Threshold else cls()
    operation, _ = module_operation(layer, (1, 2, 4, 4))
    assert is_elementwise(operation)
    assert OPERATIONS[operation].family == "activation"


class OwnConvolution(nn.Conv2d):
    """A subclass with torch's forward."""


class LoggedConvolution(nn.Conv2d):
    """A subclass that calls torch's forward."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input)


class ScaledConvolution(nn.Conv2d):
    """A subclass that computes with other weights than it shows."""

    def forward(self, input: Tensor) -> Tensor:
        return F.conv2d(input, self.weight * 2, self.bias)


def first_row(*layers: nn.Module) -> tuple[LayerRecord, LazyActivations]:
    model = nn.Sequential(*layers)
    facts = trace(model, (3, 8, 8))
    image = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    return facts.layers[0], LazyActivations(model, facts, image)


@pytest.mark.parametrize("cls", [OwnConvolution, LoggedConvolution])
def test_a_subclass_of_a_convolution_is_a_convolution_everywhere(cls: type[nn.Conv2d]) -> None:
    row, activations = first_row(cls(3, 6, 3), nn.ReLU())
    plain, _ = first_row(nn.Conv2d(3, 6, 3), nn.ReLU())
    assert (row.kind, row.operation, row.family) == (cls.__name__, "convolution", "conv")
    assert (row.macs, row.receptive_field) == (plain.macs, plain.receptive_field)
    assert [str(line) for line in arithmetic(row)] == [str(line) for line in arithmetic(plain)]
    words = load("kinds", "en")
    assert kind_description(row, words) == words("Conv2d.what")
    told = explain(activations, row.name, (4, 2, 3))
    assert told.total == pytest.approx(told.value, abs=1e-5)


def test_a_layer_that_computes_with_other_weights_than_it_shows_is_not_explained() -> None:
    row, activations = first_row(ScaledConvolution(3, 6, 3), nn.ReLU())
    assert row.operation == "convolution"
    with pytest.raises(UserError) as error:
        explain(activations, row.name, (4, 2, 3))
    assert error.value.key == "explain_unknown"


def test_a_function_has_the_family_of_the_layer_that_does_the_same() -> None:
    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(6, 3, 3, 3))

        def forward(self, x: Tensor) -> Tensor:
            return F.relu(F.max_pool2d(F.conv2d(x, self.weight), 2)).flatten(1)

    facts = trace(Functional(), (3, 8, 8))
    assert [(row.operation, row.family) for row in facts.layers] == [
        ("convolution", "conv"),
        ("max_pool", "pool"),
        ("relu", "activation"),
        ("view", "reshape"),
    ]


@pytest.mark.parametrize("layer", [nn.Conv1d(3, 4, 3), nn.MaxPool1d(2)], ids=lambda layer: type(layer).__name__)
def test_a_window_over_one_axis_is_not_explained_as_one_over_two(layer: nn.Module) -> None:
    class OneAxis(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.layer(x.flatten(2))
            return y

    model = OneAxis()
    facts = trace(model, (3, 4, 4))
    with pytest.raises(UserError) as error:
        explain(LazyActivations(model, facts, torch.rand(1, 3, 4, 4)), "layer", (1, 2))
    assert error.value.key == "explain_unknown"
