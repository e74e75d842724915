"""The settings of a training, checked at the edge; loads no torch, so that a page or a queue can read one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Self

from cnnviz.options import Changes, Choice, Flag, Need, Option, OptionError, Real, Several, Whole, changed, resolve
from cnnviz.train.augment import AUGMENTATIONS
from cnnviz.train.initialisers import INITIALISERS
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.schedules import SCHEDULES

RATES = (1e-8, 100.0)
"""The smallest and the largest learning rate that can be asked for."""


def _used_by(table: Mapping[str, Any], choice: str, name: str) -> tuple[Need, ...]:
    """Return the need of the setting `name`: one of those entries of `table` that use it, chosen by `choice`."""
    return (Need(choice, tuple(key for key, entry in table.items() if name in entry.uses)),)


def _real(low: float, high: float) -> Real:
    return Real(low, high, step=0.01, digits=None)


_FLAG = Flag(("false", "true"))
_SGD = _used_by(OPTIMIZERS, "optimizer", "momentum")
_STEP = _used_by(SCHEDULES, "schedule", "step_epochs")

SETTINGS = MappingProxyType(
    {
        option.name: option
        for option in (
            Option("epochs", Whole(1, 1000), 10),
            Option("batch_size", Whole(1, 8192), 256),
            Option("learning_rate", _real(*RATES), 0.1),
            Option("optimizer", Choice(tuple(OPTIMIZERS)), "sgd"),
            Option("momentum", _real(0, 0.9999), 0.0, _SGD),
            Option("nesterov", _FLAG, False, _SGD),
            Option("weight_decay", _real(0, 10), 0.0),
            Option("schedule", Choice(tuple(SCHEDULES)), "constant"),
            Option("step_epochs", Whole(1, 1000), 1, _STEP),
            Option("step_factor", _real(0.0001, 1), 0.1, _STEP),
            Option("init", Choice(tuple(INITIALISERS)), "xavier"),
            Option("label_smoothing", _real(0, 0.9), 0.0),
            Option("augment", Several(tuple(AUGMENTATIONS)), ()),
            Option("image_size", Whole(0, 1024), 0),
            Option("standardise", _FLAG, False),
            Option("precision", Choice(("auto", "float32", "bfloat16")), "auto"),
            Option("layout", Choice(("auto", "contiguous", "channels-last")), "auto"),
            Option("device", Choice(("auto", "cpu", "cuda", "mps")), "auto"),
            Option("threads", Whole(0, 256), 0),
            Option("compile", _FLAG, False),
            Option("seed", Whole(0, 2**31 - 1), 0),
            Option("watch_every", Whole(0, 1_000_000), 0),
            Option("learning_rate_changes", Changes(*RATES), ()),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """All that decides a training beside the network and the images; the defaults are the course's way.

    Raises:
        UserError: a value outside its range, or two settings that exclude each other.
    """

    epochs: int = 10
    batch_size: int = 256
    learning_rate: float = 0.1
    optimizer: str = "sgd"
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: str = "constant"
    step_epochs: int = 1
    """For `schedule="step"`: epochs between two steps."""
    step_factor: float = 0.1
    """For `schedule="step"`: what the rate is multiplied by at each."""
    init: str = "xavier"
    """`default` leaves the weights as they were handed over."""
    label_smoothing: float = 0.0
    augment: tuple[str, ...] = ()
    image_size: int = 0
    """Height and width in pixels that the images are brought to; 0 leaves them as they are."""
    standardise: bool = False
    """Pixels as (x - mean) / standard deviation of the training set, per channel, in place of [0, 1]."""
    precision: str = "auto"
    layout: str = "auto"
    """Of images and weights in memory: `auto` takes channels-last where it helps and is exact, `channels-last`
    also where it is only faster."""
    device: str = "auto"
    threads: int = 0
    """Threads of one operation on the CPU; 0 keeps the process's."""
    compile: bool = False
    seed: int = 0
    watch_every: int = 0
    """A step in so many is reported in detail, per layer; 0 for none."""
    learning_rate_changes: tuple[tuple[int, float], ...] = ()
    """Changes by hand: (steps done, learning rate from then on)."""

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in SETTINGS}
        for name, value in resolve(SETTINGS.values(), given).items():
            object.__setattr__(self, name, value)
        if self.nesterov and not self.momentum:
            raise OptionError(
                "option_conflict",
                option="nesterov",
                value="true",
                other="momentum",
                other_value=self.momentum,
                needed="0.9",
            )

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """Return the settings in `given`, as values or as text, the others at their default.

        Raises:
            UserError: an unknown setting, an impossible value, or two settings that exclude each other.
        """
        return cls(**resolve(SETTINGS.values(), given))

    def changed(self) -> dict[str, str]:
        """Return those settings that differ from the default, as text, as a command repeats them."""
        return {name: SETTINGS[name].format(value) for name, value in changed(SETTINGS.values(), asdict(self)).items()}

    def as_json(self) -> dict[str, Any]:
        """Return every setting as JSON holds it; `read` takes it back."""
        return asdict(self)
