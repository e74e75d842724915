"""Statistics of every layer in one step, by hooks that are removed after it."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Self

import torch
from torch import Tensor, nn

from cnnviz.train.report import BatchNormReport, Histogram, LayerReport

BINS = 40


class LayerStatisticsRecorder(ExitStack):
    """A context that hooks every leaf layer; call `before` and `after` around the update."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._layers = [(name, layer) for name, layer in model.named_modules() if not any(layer.children())]
        self._activations: dict[str, Histogram | None] = {}
        self._dead: dict[str, float] = {}
        self._statistics: dict[str, tuple[Tensor, Tensor]] = {}
        self._weights: dict[str, Tensor] = {}

    def __enter__(self) -> Self:
        for name, layer in self._layers:
            self.callback(layer.register_forward_hook(self._listener(name)).remove)
        return self

    def _listener(self, name: str) -> Any:
        def listen(layer: nn.Module, inputs: Sequence[Tensor], output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            seen = output.detach().float()
            self._activations[name] = histogram(seen)
            if isinstance(layer, nn.ReLU | nn.ReLU6):
                self._dead[name] = float((seen <= 0).all(0).float().mean())
            if _is_batch_norm(layer):
                values = inputs[0].detach().float()
                axes = [axis for axis in range(values.dim()) if axis != 1]
                self._statistics[name] = (values.mean(axes), values.var(axes, correction=0))

        return listen

    def before(self) -> None:
        """Keep the weights as they are before the update."""
        self._weights = {
            name: layer.get_parameter("weight").detach().clone() for name, layer in self._layers if _has_weight(layer)
        }

    def after(self) -> tuple[LayerReport, ...]:
        """Return a report of every layer that was called, in the model's order; gradients must still be there."""
        return tuple(self._report(name, layer) for name, layer in self._layers if name in self._activations)

    def _report(self, name: str, layer: nn.Module) -> LayerReport:
        gradient_norm = weight_norm = update_ratio = weights = gradients = None
        if name in self._weights:
            old, weight = self._weights[name], layer.get_parameter("weight")
            new, gradient = weight.detach(), weight.grad
            weight_norm = float(old.norm())
            update_ratio = float((new - old).norm()) / weight_norm if weight_norm else None
            weights = histogram(new)
            if gradient is not None:
                gradient_norm, gradients = float(gradient.norm()), histogram(gradient)
        return LayerReport(
            name=name,
            kind=type(layer).__name__,
            gradient_norm=gradient_norm,
            weight_norm=weight_norm,
            update_ratio=update_ratio,
            dead_share=self._dead.get(name),
            activations=self._activations[name],
            weights=weights,
            gradients=gradients,
            batch_norm=self._batch_norm(name, layer),
        )

    def _batch_norm(self, name: str, layer: Any) -> BatchNormReport | None:
        if name not in self._statistics:
            return None
        mean, variance = self._statistics[name]
        return BatchNormReport(
            _numbers(mean),
            _numbers(variance),
            _numbers(layer.running_mean),
            _numbers(layer.running_var),
            _numbers(layer.weight),
            _numbers(layer.bias),
        )


def histogram(values: Tensor) -> Histogram | None:
    """Return `values` in 40 equal bins between the smallest and the largest; None if one is not finite."""
    flat = values.detach().float().flatten()
    low, high = (float(edge) for edge in flat.aminmax())
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        return None
    counts = torch.histc(flat.cpu(), BINS, low, high)
    return Histogram(low, high, tuple(int(count) for count in counts.tolist()))


def _has_weight(layer: nn.Module) -> bool:
    return isinstance(getattr(layer, "weight", None), nn.Parameter)


def _is_batch_norm(layer: nn.Module) -> bool:
    return all(isinstance(getattr(layer, name, None), Tensor) for name in ("running_mean", "running_var"))


def _numbers(values: Tensor | None) -> tuple[float, ...]:
    return () if values is None else tuple(values.detach().float().flatten().tolist())
