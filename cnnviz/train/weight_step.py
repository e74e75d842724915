"""The update of one weight: its gradient as a sum of products, and the optimizer's arithmetic."""

from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.train.config import TrainConfig
from cnnviz.train.layer_step import LayerStep

BETAS, EPSILON = (0.9, 0.999), 1e-8
"""The defaults of Adam and AdamW in `torch.optim`."""

WeightIndex = tuple[int, int, int, int]
"""Output channel, input channel of its group, row and column of a weight."""


@dataclass(frozen=True, slots=True)
class GradientTerm:
    """One product of the sum that is a weight's gradient."""

    image: int
    """In the minibatch."""
    row: int
    """Of the output, as is the column."""
    column: int
    delta: float
    """Gradient of the mean loss over the output there."""
    x: float
    """The input that the weight was multiplied with there."""

    @property
    def product(self) -> float:
        """Return the product, its part of the gradient."""
        return self.delta * self.x


@dataclass(frozen=True, slots=True)
class GradientSum:
    """The gradient of one weight as a sum over images and positions: `terms`, largest first, and the rest."""

    terms: tuple[GradientTerm, ...]
    rest: float
    rest_count: int
    """Products in the rest; those with padding, which are 0, are not counted."""
    total: float


@dataclass(frozen=True, slots=True)
class ArithmeticLine:
    """One line of the optimizer's arithmetic: its name, such as "momentum", and its numbers by their symbols."""

    name: str
    numbers: dict[str, float]


def gradient_sum(layer: LayerStep, place: WeightIndex, most: int = 5) -> GradientSum:
    """Return the sum behind the gradient of the weight at `place`, its `most` largest products one by one."""
    deltas, read, there = layer.deltas[:, place[0]].double(), *_inputs_of(layer, place)
    products = (deltas * read).flatten()
    counted = there.expand(deltas.shape).flatten()
    count = int(counted.sum())
    order = products.abs().masked_fill(~counted, -1).topk(min(most, count)).indices.tolist()
    size = deltas.shape[1] * deltas.shape[2]
    terms = tuple(
        GradientTerm(
            flat // size,
            flat % size // deltas.shape[2],
            flat % deltas.shape[2],
            float(deltas.flatten()[flat]),
            float(read.flatten()[flat]),
        )
        for flat in order
    )
    total = float(products.sum())
    return GradientSum(terms, total - sum(term.product for term in terms), count - len(terms), total)


def weight_update(layer: LayerStep, place: WeightIndex, config: TrainConfig, rate: float) -> tuple[ArithmeticLine, ...]:
    """Return the arithmetic of `config`'s optimizer at the learning rate `rate`, the new weight `w_new` last."""
    w, g = float(layer.weight[place]), float(layer.gradient[place])
    decay, lines = config.weight_decay, []
    if decay and config.optimizer != "adamw":
        lines.append(ArithmeticLine("decay", {"g": g, "decay": decay, "w": w, "g_new": g + decay * w}))
        g = lines[-1].numbers["g_new"]
    if config.optimizer == "sgd":
        if not config.momentum:
            return (*lines, ArithmeticLine("sgd", {"w": w, "rate": rate, "g": g, "w_new": w - rate * g}))
        momentum, v = config.momentum, _remembered(layer, "momentum_buffer", place)
        v_new = momentum * v + g
        lines.append(ArithmeticLine("momentum", {"momentum": momentum, "v": v, "g": g, "v_new": v_new}))
        if not config.nesterov:
            return (
                *lines,
                ArithmeticLine("sgd_momentum", {"w": w, "rate": rate, "v": v_new, "w_new": w - rate * v_new}),
            )
        ahead = {"w": w, "rate": rate, "g": g, "momentum": momentum, "v": v_new}
        return (*lines, ArithmeticLine("nesterov", {**ahead, "w_new": w - rate * (g + momentum * v_new)}))
    step = layer.steps_before + 1
    m, s = _remembered(layer, "exp_avg", place), _remembered(layer, "exp_avg_sq", place)
    m_new, s_new = BETAS[0] * m + (1 - BETAS[0]) * g, BETAS[1] * s + (1 - BETAS[1]) * g * g
    m_hat, s_hat = m_new / (1 - BETAS[0] ** step), s_new / (1 - BETAS[1] ** step)
    start = w * (1 - rate * decay) if config.optimizer == "adamw" else w
    lines += [
        ArithmeticLine("adam_m", {"m": m, "g": g, "m_new": m_new}),
        ArithmeticLine("adam_s", {"s": s, "g": g, "s_new": s_new}),
        ArithmeticLine("adam_hat", {"m": m_new, "s": s_new, "step": step, "m_hat": m_hat, "s_hat": s_hat}),
    ]
    if config.optimizer == "adamw" and decay:
        lines.append(ArithmeticLine("adamw_decay", {"w": w, "rate": rate, "decay": decay, "w_new": start}))
    new = start - rate * m_hat / (s_hat**0.5 + EPSILON)
    return (*lines, ArithmeticLine("adam", {"w": start, "rate": rate, "m_hat": m_hat, "s_hat": s_hat, "w_new": new}))


def _inputs_of(layer: LayerStep, place: WeightIndex) -> tuple[Tensor, Tensor]:
    """Return the input that the weight reads for each output, (N, H', W'), and a mask of no padding, (1, H', W')."""
    output, channel, row, column = place
    outputs_a_group = layer.shape[0] // layer.groups
    channels = layer.shape[1]
    plane = layer.inputs[:, output // outputs_a_group * channels + channel].double()
    _, _, high, wide = layer.deltas.shape
    rows = torch.arange(high) * layer.stride[0] + row * layer.dilation[0] - layer.padding[0]
    columns = torch.arange(wide) * layer.stride[1] + column * layer.dilation[1] - layer.padding[1]
    inside = (rows >= 0) & (rows < plane.shape[1])
    across = (columns >= 0) & (columns < plane.shape[2])
    there = inside[:, None] & across[None]
    seen = plane[:, rows.clamp(0, plane.shape[1] - 1)][:, :, columns.clamp(0, plane.shape[2] - 1)]
    return seen * there, there[None]


def _remembered(layer: LayerStep, name: str, place: WeightIndex) -> float:
    """Return a number of the optimizer's state; 0 before its first step."""
    return float(layer.state[name][place]) if name in layer.state else 0.0
