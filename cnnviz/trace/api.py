"""One forward pass on the meta device as a `Trace`."""

from types import MappingProxyType
from typing import Any

from torch import nn

from cnnviz.errors import UserError
from cnnviz.trace.calls import Ref
from cnnviz.trace.follow import Follower
from cnnviz.trace.graph import LostTensor, Node
from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace
from cnnviz.trace.state import IMAGE, THE_IMAGE, Shape, State
from cnnviz.trace.values_needed import ValuesNeeded, place_of

LONGEST_REASON = 200


class TraceFailed(UserError):
    """A forward pass that stopped: `layer` did not run, `ran` holds the rows before it."""

    def __init__(self, key: str, layer: str, ran: Trace, **values: Any) -> None:
        super().__init__(key, layer=layer, **values)
        self.layer = layer
        self.ran = ran


def trace(model: nn.Module, input_shape: tuple[int, int, int]) -> Trace:
    """Every call of a layer and every functional operation of `model` on one image of `input_shape` (C, H, W).

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
    follower = Follower(model)
    try:
        follower.run(shape)
    except Exception as error:
        attempt = follower.attempt
        shapes = [_image_shape(None, read) for read in attempt.shapes] if attempt else []
        layer = (attempt.name if attempt else "") or type(model).__name__
        if isinstance(error, ValuesNeeded):
            place = place_of(error.__traceback__) or layer
            raise TraceFailed(
                "trace_values", layer, _facts(follower), place=place, operation=error.operation
            ) from error
        if isinstance(error, LostTensor):
            raise TraceFailed("trace_lost", layer, _facts(follower), place=place_of(error.__traceback__)) from error
        raise TraceFailed(
            "trace_failed",
            layer,
            _facts(follower),
            reason=_short(error),
            shapes=["×".join(map(str, read)) or "1" for read in shapes or [shape]],
            count=sum(not node.hidden for node in follower.graph.nodes),
        ) from error
    return _facts(follower)


def _short(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def _count(model: nn.Module) -> tuple[int, int]:
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trained in sizes if trained)


def _facts(follower: Follower) -> Trace:
    nodes, image = follower.graph.nodes, follower.graph.image_shape[1:]
    shapes: dict[Ref, Shape] = {Ref(-1, 0): image}
    fields: dict[Ref, ReceptiveField] = {Ref(-1, 0): THE_IMAGE.field((1, *image), image)}
    rows = []
    for index, node in enumerate(nodes):
        if node.hidden:
            continue
        for out, (shape, state) in enumerate(zip(node.call.shapes, node.states, strict=True)):
            shapes[Ref(index, out)] = _image_shape(state, shape)
            fields[Ref(index, out)] = state.field(shape, image)
        rows.append(_record(index, node, nodes, shapes, fields))
    try:
        num_params, num_trainable = _count(follower.shadow.root)
    except (ValueError, RuntimeError):  # layers whose size the pass was to decide, and that it did not reach
        num_params, num_trainable = (
            sum(row.num_params for row in rows),
            sum(row.num_trainable for row in rows),
        )
    unused = tuple(path for path, calls in follower.leaves.items() if not calls)
    return Trace(image, tuple(rows), num_params, num_trainable, unused, tuple(node.call for node in nodes))


def _record(
    index: int, node: Node, nodes: list[Node], shapes: dict[Ref, Shape], fields: dict[Ref, ReceptiveField]
) -> LayerRecord:
    inputs, params = node.call.inputs, node.params
    first, *more = (shapes[Ref(index, out)] for out in range(len(node.call.shapes)))
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
        receptive_field=fields[Ref(index, 0)],
        settings=MappingProxyType(dict(node.settings)),
        operation=node.operation,
        input_fields=tuple(fields[ref] for ref in inputs),
        param_shapes=tuple(tuple(p.shape) for p in params),
        more_shapes=tuple(more),
        shares_memory=node.shares_memory,
        uncounted=node.uncounted,
    )


def _image_shape(state: State | None, shape: Shape) -> Shape:
    """The shape of one image's part: without the dimension that counts images."""
    if state is None or state.layout is IMAGE or state.reason or state.constant:
        return shape[1:]
    if "n" in state.layout:
        at = state.layout.index("n")
        return (*shape[:at], *shape[at + 1 :])
    return shape
