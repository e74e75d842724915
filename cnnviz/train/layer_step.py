"""Inputs, gradients and updates of single layers in one step, so that each weight's update can be recomputed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor, nn

from cnnviz.train.snapshot import cpu_copy

MOST_BYTES = 8_000_000
"""Bytes kept of all layers together; of a layer that needs more than its part, the first output channels."""


@dataclass(frozen=True, slots=True)
class LayerStep:
    """A convolution or a dense layer in one training step; a dense layer is a 1×1 convolution of a 1×1 image."""

    name: str
    shape: tuple[int, ...]
    """Of the whole weight; the tensors below hold its first output channels."""
    weight: Tensor
    """Before the step, (O, I / groups, kh, kw), as are the gradient, `after` and the optimizer's state."""
    gradient: Tensor
    """Of the minibatch's mean loss."""
    after: Tensor
    state: Mapping[str, Tensor]
    """The optimizer's state of the weight before the step, by the names of `torch.optim`."""
    steps_before: int
    """Steps that the optimizer had made."""
    inputs: Tensor
    """The layer's inputs, (N, I, H, W)."""
    deltas: Tensor
    """Gradient of the mean loss over the layer's output, (N, O, H', W')."""
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    @property
    def tensors(self) -> dict[str, Tensor]:
        """Return every tensor by its name; those of the optimizer as `state.<name>`."""
        named = {one: getattr(self, one) for one in ("weight", "gradient", "after", "inputs", "deltas")}
        return named | {f"state.{name}": tensor for name, tensor in self.state.items()}


@dataclass(slots=True)
class _LayerCapture:
    """The facts that hooks and step have recorded of a layer so far."""

    layer: nn.Conv2d | nn.Linear
    channels: int = 0
    """Output channels that fit; 0 for a layer that is left out."""
    calls: int = 0
    inputs: Tensor | None = None
    deltas: Tensor | None = None
    before: dict[str, Tensor] = field(default_factory=dict)


class StepRecorder(ExitStack):
    """A context that hooks every convolution and dense layer; call `before` and `after` around the update."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._seen = {name: _LayerCapture(layer) for name, layer in model.named_modules() if _can_be_kept(layer)}

    def __enter__(self) -> Self:
        for seen in self._seen.values():
            self.callback(seen.layer.register_forward_hook(self._listener(seen)).remove)
        return self

    def _listener(self, seen: _LayerCapture) -> Any:
        most = MOST_BYTES // len(self._seen)

        def listen(layer: nn.Module, inputs: Sequence[Tensor], output: Tensor) -> None:
            seen.calls += 1
            read = inputs[0].detach()
            seen.channels = _channels_that_fit(seen.layer.weight, read, output, most)
            if not seen.channels or not output.requires_grad or read.dim() not in (2, 4):
                seen.channels = 0
                return
            seen.inputs = read

            def take(gradient: Tensor) -> None:
                seen.deltas = _float_copy(gradient[:, : seen.channels])

            output.register_hook(take)

        return listen

    def before(self, state_of: Callable[[Tensor], Mapping[str, Tensor]]) -> None:
        """Keep weights, gradients and the optimizer's state as they are before the update."""
        for seen in self._kept().values():
            weight = seen.layer.weight
            assert weight.grad is not None
            seen.before = {
                "weight": _float_copy(weight[: seen.channels]),
                "gradient": _float_copy(weight.grad[: seen.channels]),
            }
            for name, tensor in state_of(weight).items():
                seen.before[f"state.{name}"] = _float_copy(tensor[: seen.channels] if tensor.dim() else tensor)

    def after(self) -> tuple[LayerStep, ...]:
        """Return the records of every layer that was called once, in the model's order."""
        return tuple(_layer_step(name, seen) for name, seen in self._kept().items())

    def _kept(self) -> dict[str, _LayerCapture]:
        return {
            name: seen
            for name, seen in self._seen.items()
            if seen.channels and seen.calls == 1 and seen.deltas is not None and seen.layer.weight.grad is not None
        }


def _layer_step(name: str, seen: _LayerCapture) -> LayerStep:
    assert seen.inputs is not None
    assert seen.deltas is not None
    layer = seen.layer
    state = {key.removeprefix("state."): value for key, value in seen.before.items() if key.startswith("state.")}
    steps = state.pop("step", torch.zeros(()))
    how: dict[str, Any] = {}
    if isinstance(layer, nn.Conv2d):
        assert not isinstance(layer.padding, str)
        how = {
            "stride": tuple(layer.stride),
            "padding": tuple(layer.padding),
            "dilation": tuple(layer.dilation),
            "groups": layer.groups,
        }
    return LayerStep(
        name=name,
        shape=tuple(layer.weight.shape),
        weight=_as_image(seen.before["weight"]),
        gradient=_as_image(seen.before["gradient"]),
        after=_as_image(_float_copy(layer.weight[: seen.channels])),
        state={key: _as_image(value) for key, value in state.items()},
        steps_before=int(steps),
        inputs=_as_image(_float_copy(seen.inputs)),
        deltas=_as_image(seen.deltas),
        **how,
    )


def _can_be_kept(layer: nn.Module) -> bool:
    if isinstance(layer, nn.Conv2d):
        return layer.weight.requires_grad and layer.padding_mode == "zeros" and not isinstance(layer.padding, str)
    return isinstance(layer, nn.Linear) and layer.weight.requires_grad


def _channels_that_fit(weight: Tensor, read: Tensor, output: Tensor, most: int) -> int:
    """Return the output channels of which five tensors of the weight's shape and the deltas fit beside the input."""
    channel = 4 * (5 * weight[0].numel() + output[:, 0].numel())
    return max(0, min(len(weight), (most - 4 * read.numel()) // channel))


def _float_copy(tensor: Tensor) -> Tensor:
    return cpu_copy(tensor, torch.float32)


def _as_image(tensor: Tensor) -> Tensor:
    return tensor[..., None, None] if tensor.dim() == 2 else tensor
