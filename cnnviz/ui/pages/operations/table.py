"""Every tab of the operations page, in teaching order: a new one is a file of `tabs/`, a line here and its words."""

from types import MappingProxyType

from cnnviz.ui.pages.operations.tabs import (
    activation,
    batch_norm,
    channels,
    convolution,
    correlation,
    dense,
    dropout,
    field,
    gate,
    join,
    learned,
    matrix,
    padding,
    pooling,
    response_norm,
    separable,
    transposed,
)

TABS = MappingProxyType(
    {
        module.TAB.name: module.TAB
        for module in (
            correlation,
            convolution,
            learned,
            field,
            padding,
            channels,
            matrix,
            transposed,
            pooling,
            activation,
            batch_norm,
            response_norm,
            dropout,
            dense,
            join,
            gate,
            separable,
        )
    }
)
