"""Costs of a trace: memory to predict and to train, and totals by stage."""

from dataclasses import dataclass
from math import prod
from types import MappingProxyType

from cnnviz.trace.record import LayerRecord, Trace

STATE_PER_PARAMETER = MappingProxyType({"sgd": 0, "momentum": 1, "adam": 2})
"""How many numbers an optimizer remembers for each number it trains."""
FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Bytes in float32, by what they hold."""

    parameters: int
    activations: int
    gradients: int = 0
    optimizer: int = 0

    @property
    def total(self) -> int:
        """All of them together."""
        return self.parameters + self.activations + self.gradients + self.optimizer


@dataclass(frozen=True, slots=True)
class BatchMemory:
    """Memory of one batch: predicting keeps an activation until its last reader has run, training keeps them all."""

    predict: MemoryUse
    train: MemoryUse


@dataclass(frozen=True, slots=True)
class StageCost:
    """The rows of one stage together."""

    stage: str
    """The first part of their path: "stage2"; a layer at the top is a stage of its own."""
    params: int
    macs: int
    activation_bytes: int
    rows: int


def memory(trace: Trace, batch_size: int = 1, optimizer: str = "sgd") -> BatchMemory:
    """Return the bytes to predict and to train a batch; `optimizer` is a key of `STATE_PER_PARAMETER`.

    A row that shares its input's memory (a view, dropout in evaluation, work in place) adds none. In
    training, dropout does
    compute: there its output counts. The scratch memory of single operations is left out.
    """
    parameters, trained = FLOAT_BYTES * trace.num_params, FLOAT_BYTES * trace.num_trainable
    image = FLOAT_BYTES * prod(trace.input_shape)
    kept = image + sum(
        row.activation_bytes for row in trace.layers if not row.shares_memory or row.settings.get("p", 0)
    )
    return BatchMemory(
        MemoryUse(parameters, batch_size * peak_activations(trace)),
        MemoryUse(parameters, batch_size * kept, trained, trained * STATE_PER_PARAMETER[optimizer]),
    )


def peak_activations(trace: Trace) -> int:
    """Return the largest number of bytes of activations alive at once while one image passes, the image included."""
    owner = {"input": "input"}
    for row in trace.layers:
        owner[row.name] = owner[row.inputs[0]] if row.shares_memory and row.inputs else row.name
    last = {owner[name]: at for at, row in enumerate(trace.layers) for name in (row.name, *row.inputs)}
    freed: dict[int, list[str]] = {}
    for name, at in last.items():
        freed.setdefault(at, []).append(name)
    sizes = {"input": FLOAT_BYTES * prod(trace.input_shape)}
    alive = peak = sizes["input"]
    for at, row in enumerate(trace.layers):
        sizes[row.name] = 0 if owner[row.name] != row.name else row.activation_bytes
        alive += sizes[row.name]
        peak = max(peak, alive)
        alive -= sum(sizes[name] for name in freed.get(at, ()))
    return peak


def stage_of(row: LayerRecord) -> str:
    """Return the stage a row belongs to: the first part of its path."""
    return row.block.partition(".")[0] or row.name


def cost_by_stage(trace: Trace) -> tuple[StageCost, ...]:
    """Return totals per stage, in order of execution."""
    stages: dict[str, list[LayerRecord]] = {}
    for row in trace.layers:
        stages.setdefault(stage_of(row), []).append(row)
    return tuple(
        StageCost(
            stage,
            sum(row.num_params for row in rows),
            sum(row.macs for row in rows),
            sum(row.activation_bytes for row in rows),
            len(rows),
        )
        for stage, rows in stages.items()
    )
