"""One forward pass on the meta device as a `Trace`."""

from types import MappingProxyType
from typing import Any

from torch import nn

from cnnviz.errors import UserError
from cnnviz.trace.data_dependence import DataDependentCall, user_code_line
from cnnviz.trace.field_state import IMAGE_LAYOUT, IMAGE_STATE, FieldState, Shape
from cnnviz.trace.graph import LostTensor
from cnnviz.trace.graph_node import GraphNode
from cnnviz.trace.operations import family
from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace
from cnnviz.trace.recorded_call import OutputRef
from cnnviz.trace.tracer import Tracer

MAX_REASON_LENGTH = 200


class TraceFailed(UserError):
    """A forward pass that stopped: `layer` did not run, `ran` holds the rows before it."""

    def __init__(self, key: str, layer: str, ran: Trace, **values: Any) -> None:
        super().__init__(key, layer=layer, **values)
        self.layer = layer
        self.ran = ran


def trace(model: nn.Module, input_shape: tuple[int, int, int]) -> Trace:
    """Return every call of a layer and every functional operation of `model` on one image of `input_shape` (C, H, W).

    Runs a private double on the meta device in evaluation mode: no weights are copied, and the model keeps its device,
    mode, hooks, buffers and weights. Hooks of its forward pass run on the double, and what they write goes to lists and
    tables of their own.

    >>> conv, pool = trace(nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.MaxPool2d(2)), (1, 28, 28)).layers
    >>> conv.shape, conv.num_params, conv.macs  # 6 · (25 + 1) weights and biases, 6 · 28 · 28 · 25 products
    ((6, 28, 28), 156, 117600)
    >>> pool.receptive_field.size, pool.receptive_field.stride, pool.receptive_field.start
    ((6, 6), (2, 2), (-2, -2))

    Raises:
        UserError: `trace_failed` (a `TraceFailed`) where the forward pass of `model` raises, `trace_values` where it
            asks for the numbers of the image, `trace_lost` where it reads a tensor that torch's functions did not
            make; `network_script`, `network_quantized` or `network_sparse` where it cannot be read at all.
    """
    shape = tuple(input_shape)
    follower = Tracer(model)
    try:
        follower.run(shape)
    except Exception as error:
        attempt = follower.attempt
        shapes = [_without_batch(None, read) for read in attempt.shapes] if attempt else []
        layer = (attempt.name if attempt else "") or type(model).__name__
        if isinstance(error, DataDependentCall):
            place = user_code_line(error.__traceback__) or layer
            raise TraceFailed(
                "trace_values", layer, _trace_of(follower), place=place, operation=error.operation
            ) from error
        if isinstance(error, LostTensor):
            raise TraceFailed(
                "trace_lost", layer, _trace_of(follower), place=user_code_line(error.__traceback__)
            ) from error
        raise TraceFailed(
            "trace_failed",
            layer,
            _trace_of(follower),
            reason=_shortened_message(error),
            shapes=["×".join(map(str, read)) or "1" for read in shapes or [shape]],
            count=sum(not node.hidden for node in follower.graph.nodes),
        ) from error
    return _trace_of(follower)


def _shortened_message(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return line if len(line) <= MAX_REASON_LENGTH else line[: MAX_REASON_LENGTH - 1] + "…"


def _count_parameters(model: nn.Module) -> tuple[int, int]:
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trained in sizes if trained)


def layer_records(nodes: list[GraphNode], image: Shape) -> tuple[LayerRecord, ...]:
    """Return the rows of a pass on an image (C, H, W) from its calls."""
    shapes: dict[OutputRef, Shape] = {OutputRef(-1, 0): image}
    fields: dict[OutputRef, ReceptiveField] = {OutputRef(-1, 0): IMAGE_STATE.field((1, *image), image)}
    rows = []
    for index, node in enumerate(nodes):
        if node.hidden:
            continue
        for out, (shape, state) in enumerate(zip(node.call.shapes, node.states, strict=True)):
            shapes[OutputRef(index, out)] = _without_batch(state, shape)
            fields[OutputRef(index, out)] = state.field(shape, image)
        rows.append(_record(index, node, nodes, shapes, fields))
    return tuple(rows)


def _trace_of(follower: Tracer) -> Trace:
    nodes, image = follower.graph.nodes, follower.graph.image_shape[1:]
    rows = layer_records(nodes, image)
    try:
        num_params, num_trainable = _count_parameters(follower.shadow.root)
    except (ValueError, RuntimeError):  # layers whose size the pass was to decide, and that it did not reach
        num_params, num_trainable = (
            sum(row.num_params for row in rows),
            sum(row.num_trainable for row in rows),
        )
    unused = tuple(path for path, calls in follower.leaves.items() if not calls)
    return Trace(image, rows, num_params, num_trainable, unused, tuple(node.call for node in nodes))


def _record(
    index: int,
    node: GraphNode,
    nodes: list[GraphNode],
    shapes: dict[OutputRef, Shape],
    fields: dict[OutputRef, ReceptiveField],
) -> LayerRecord:
    inputs, params = node.call.inputs, node.params
    first, *more = (shapes[OutputRef(index, out)] for out in range(len(node.call.shapes)))
    return LayerRecord(
        name=node.call.name,
        kind=node.kind,
        block=node.block,
        inputs=tuple("input" if ref.call < 0 else nodes[ref.call].call.name for ref in inputs),
        input_shapes=tuple(shapes[ref] for ref in inputs),
        shape=first,
        num_params=sum(p.numel() for p in params),
        num_trainable=sum(p.numel() for p in params if p.requires_grad),
        macs=node.macs,
        receptive_field=fields[OutputRef(index, 0)],
        settings=MappingProxyType(dict(node.settings)),
        operation=node.operation,
        family=family(node.operation),
        input_fields=tuple(fields[ref] for ref in inputs),
        param_shapes=tuple(tuple(p.shape) for p in params),
        more_shapes=tuple(more),
        shares_memory=node.shares_memory,
        uncounted=node.uncounted,
    )


def _without_batch(state: FieldState | None, shape: Shape) -> Shape:
    """Return the shape of one image's part: without the dimension that counts images."""
    if state is None or state.layout is IMAGE_LAYOUT or state.reason or state.constant:
        return shape[1:]
    if "n" in state.layout:
        at = state.layout.index("n")
        return (*shape[:at], *shape[at + 1 :])
    return shape
