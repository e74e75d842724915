"""The settings of a training, checked at the edge; loads no torch, so that a page or a queue can read one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Self

from cnnviz.errors import UserError
from cnnviz.train.augment import AUGMENTATIONS
from cnnviz.train.initialise import INITIALISERS
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.schedules import SCHEDULES
from cnnviz.train.setting import Setting

RATES = (1e-8, 100.0)
"""The smallest and the largest learning rate that can be asked for."""

SETTINGS = MappingProxyType(
    {
        setting.name: setting
        for setting in (
            Setting("epochs", "whole", 10, 1, 1000),
            Setting("batch_size", "whole", 256, 1, 8192),
            Setting("learning_rate", "real", 0.1, *RATES),
            Setting("optimizer", "choice", "sgd", choices=tuple(OPTIMIZERS)),
            Setting("momentum", "real", 0.0, 0, 0.9999),
            Setting("nesterov", "flag", False),
            Setting("weight_decay", "real", 0.0, 0, 10),
            Setting("schedule", "choice", "constant", choices=tuple(SCHEDULES)),
            Setting("step_epochs", "whole", 1, 1, 1000),
            Setting("step_factor", "real", 0.1, 0.0001, 1),
            Setting("init", "choice", "xavier", choices=tuple(INITIALISERS)),
            Setting("label_smoothing", "real", 0.0, 0, 0.9),
            Setting("augment", "choices", (), choices=tuple(AUGMENTATIONS)),
            Setting("image_size", "whole", 0, 0, 1024),
            Setting("standardise", "flag", False),
            Setting("precision", "choice", "auto", choices=("auto", "float32", "bfloat16")),
            Setting("layout", "choice", "auto", choices=("auto", "contiguous", "channels-last")),
            Setting("device", "choice", "auto", choices=("auto", "cpu", "cuda", "mps")),
            Setting("threads", "whole", 0, 0, 256),
            Setting("compile", "flag", False),
            Setting("seed", "whole", 0, 0, 2**31 - 1),
            Setting("watch_every", "whole", 0, 0, 1_000_000),
            Setting("learning_rate_changes", "changes", (), *RATES),
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
        for setting in SETTINGS.values():
            object.__setattr__(self, setting.name, setting.read(getattr(self, setting.name)))
        self._hold("optimizer", OPTIMIZERS)
        self._hold("schedule", SCHEDULES)
        if self.nesterov and not self.momentum:
            raise UserError(
                "train_conflict",
                setting="nesterov",
                value="true",
                other="momentum",
                other_value=self.momentum,
                needed="0.9",
            )

    def _hold(self, choice: str, table: Mapping[str, Any]) -> None:
        chosen = getattr(self, choice)
        for name in (used for entry in table.values() for used in entry.uses):
            value, default = getattr(self, name), SETTINGS[name].default
            if value != default and name not in table[chosen].uses:
                needed = "|".join(key for key, entry in table.items() if name in entry.uses)
                raise UserError(
                    "train_conflict",
                    setting=name,
                    value=SETTINGS[name].write(value),
                    other=choice,
                    other_value=chosen,
                    needed=needed,
                )

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The settings in `given`, as values or as text, the others at their default.

        Raises:
            UserError: an unknown setting, an impossible value, or two settings that exclude each other.
        """
        for name in given:
            if name not in SETTINGS:
                raise UserError("train_setting_unknown", setting=name, known=[*SETTINGS])
        return cls(**given)

    def changed(self) -> dict[str, str]:
        """Those settings that differ from the default, in their written form, as a command repeats them."""
        return {
            field.name: SETTINGS[field.name].write(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != SETTINGS[field.name].default
        }

    def as_json(self) -> dict[str, Any]:
        """Every setting as JSON holds it; `read` takes it back."""
        return asdict(self)
