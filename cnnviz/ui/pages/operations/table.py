"""Every tab of the bench, in teaching order: a new operation is one file of `tabs/`, one line here and its words."""

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
