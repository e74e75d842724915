"""What every operation does to a receptive field; what is not in the table is unknown."""

from types import MappingProxyType

from cnnviz.trace import rules_layout as layout
from cnnviz.trace import rules_window as windows
from cnnviz.trace.operation import Operation, Rule
from cnnviz.trace.state import CONSTANT, State, unknown

RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        "conv": windows.convolution,
        "conv_transpose": windows.transposed_convolution,
        "pool": windows.pool,
        "adaptive_pool": windows.adaptive_pool,
        "pad": windows.padding,
        "resize": windows.resize,
        "pixel_shuffle": windows.pixel_shuffle,
        "pixel_unshuffle": windows.pixel_unshuffle,
        "linear": layout.linear,
        "pointwise": layout.pointwise,
        "identity": layout.pointwise,
        "batch_norm": layout.pointwise,
        "local_response_norm": layout.across_channels,
        "channel_shuffle": layout.across_channels,
        "space_statistics": layout.space_statistics,
        "mixing": layout.mixing,
        "reduction": layout.reduction,
        "view": layout.view,
        "permute": layout.permute,
        "squeeze": layout.squeeze,
        "unsqueeze": layout.unsqueeze,
        "cat": layout.concatenation,
        "stack": layout.stack,
        "pieces": layout.pieces,
        "unbind": layout.unbind,
        "taken": layout.taken,
        "reorder": layout.reorder,
    }
)

JOINS = frozenset({"pointwise", "cat", "stack"})
"""The operations that may read several activations."""


def spread(op: Operation) -> tuple[State, ...]:
    """The state of every output of `op`: unknown where an input is, or where no rule says how it was
    computed."""
    count = len(op.outs)
    for state in op.states:
        if state.reason:
            return (state,) * count
    if all(state.constant for state in op.states):
        return (CONSTANT,) * count
    rule = RULES.get(op.name)
    if rule is not None and (len(op.states) == 1 or op.name in JOINS):
        states: State | list[State] = rule(op)
        return (states,) * count if isinstance(states, State) else tuple(states)
    return (unknown(op.reason),) * count
