"""The plan of a run: network, images and settings, as a client, a file or a command line names them.

Reading a stored plan loads no torch; reading a new one checks it against the networks and the image sets.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from cnnviz.data.image_count import IMAGE_COUNT
from cnnviz.definitions.record import OWN
from cnnviz.errors import UserError
from cnnviz.options import format_value
from cnnviz.runs.planned_network import PlannedDefinition, ZooNetwork
from cnnviz.train.config import SETTINGS, TrainConfig

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.data import ImageSet

DEFINITION_FILE = "definition.json"
"""In the folder of a run: a network of the user's own that is too long for a link, as its command names it."""
KEYS = ("architecture", "options", "definition", "dataset", "limit", "settings")
FLAGS = {
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "learning_rate": "--lr",
    "image_size": "--image-size",
    "seed": "--seed",
}
"""The settings that have an option of their own on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Enough to make the network, load the images and train, always the same way."""

    architecture: str
    options: Mapping[str, Any]
    """Every option of the network."""
    dataset: str
    input_shape: tuple[int, int, int]
    """(C, H, W) as the network reads it."""
    num_classes: int
    config: TrainConfig
    limit: int | None = None
    """The first so many training and so many test images; None for all."""
    data_dir: str | None = None
    definition: str = ""
    """The JSON of a network of the user's own, whose `architecture` is `OWN`; "" for one of the zoo."""

    @classmethod
    def parse(cls, given: Mapping[str, Any], data_dir: str | None = None) -> Self:
        """Return the plan that `given`, from a client that may send anything, asks for; the rest is the course's.

        `{"architecture", "options": {}, "dataset", "limit", "settings": {}}`: options of the network and
        settings of `TrainConfig`, as values or as text. With `"architecture": "own"` the network is that of
        `"definition"`: its JSON, or its text in a link.

        Raises:
            UserError: anything that cannot be trained, as far as it shows without the images.
        """
        try:
            return cls._parse(given, data_dir)
        except UserError:
            raise
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise UserError("run_request", why=str(error)[:200]) from error

    @classmethod
    def _parse(cls, given: Mapping[str, Any], data_dir: str | None) -> Self:
        from cnnviz.data import dataset

        for key in given:
            if key not in KEYS:
                raise UserError("run_key", item=key, known=[*KEYS])
        network = _network_of(given)
        images = dataset(str(given.get("dataset") or "digits"))
        limit = given.get("limit") or None
        if limit is not None:
            limit = IMAGE_COUNT.parse(limit, "limit")
        count = min(limit or images.num_train, images.num_train)
        settings = dict(given.get("settings") or {})
        config = TrainConfig.parse({**network.recipe(count, images), **settings})
        if config.batch_size > count:
            raise UserError("train_batch", batch_size=config.batch_size, images=count)
        channels, height, width = images.input_shape
        side = config.image_size
        plan = cls(
            architecture=network.name,
            options=network.options,
            definition=network.definition,
            dataset=images.name,
            config=config,
            limit=limit,
            input_shape=(channels, side or height, side or width),
            num_classes=images.num_classes,
            data_dir=data_dir,
        )
        network.check(plan, images.name)
        return plan

    @classmethod
    def stored(cls, facts: Mapping[str, Any]) -> Self:
        """Return the plan that `as_json` wrote.

        Raises:
            UserError: settings that this version does not know.
        """
        channels, height, width = facts["input_shape"]
        own = facts.get("definition")
        return cls(
            architecture=facts["architecture"],
            dataset=facts["dataset"],
            options={
                name: tuple(value) if isinstance(value, list) else value for name, value in facts["options"].items()
            },
            input_shape=(channels, height, width),
            num_classes=facts["num_classes"],
            config=TrainConfig.parse(facts["settings"]),
            limit=facts["limit"],
            data_dir=facts["data_dir"],
            definition=json.dumps(own, ensure_ascii=False, separators=(",", ":")) if own else "",
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain values that `stored` takes back."""
        return {
            "architecture": self.architecture,
            "options": dict(self.options),
            "dataset": self.dataset,
            "input_shape": list(self.input_shape),
            "num_classes": self.num_classes,
            "limit": self.limit,
            "data_dir": self.data_dir,
            "settings": self.config.as_json(),
            **({"definition": json.loads(self.definition)} if self.definition else {}),
        }

    @property
    def title(self) -> str:
        """The name of the architecture, or what a network of the user's own is called."""
        return (json.loads(self.definition).get("title") if self.definition else "") or self.architecture

    def network(self, device: str = "cpu") -> "nn.Module":
        """Return the network with the weights of the plan's seed, in evaluation mode.

        Raises:
            UserError: an image too small for it.
        """
        if self.definition:
            from cnnviz.definitions import build as build_own
            from cnnviz.definitions import from_json

            return build_own(from_json(self.definition), self.input_shape, device=device, seed=self.config.seed)
        from cnnviz.zoo import build

        return build(
            self.architecture, self.options, self.input_shape, self.num_classes, device=device, seed=self.config.seed
        )

    def count_parameters(self) -> int:
        """Return the numbers that the network learns; costs no memory."""
        return sum(weight.numel() for weight in self.network("meta").parameters())

    def images(self) -> "tuple[ImageSet, ImageSet]":
        """Return training and test images.

        Raises:
            UserError: images that are neither there nor can be fetched.
        """
        from cnnviz.data import dataset

        entry = dataset(self.dataset)
        return (entry.load("train", self.data_dir, self.limit), entry.load("test", self.data_dir, self.limit))

    def words(self, config: TrainConfig | None = None) -> list[str]:
        """Return the words of the command line that repeat this, with the settings of `config` in place of its own."""
        config = config or self.config
        said = ["train", *self._network_words()]
        named = {name: SETTINGS[name].format(getattr(config, name)) for name in FLAGS}
        others = {"optimizer": config.optimizer} | config.changed()
        said += ["--dataset", self.dataset]
        for name, flag in FLAGS.items():
            said += [flag, named[name]]
        for name, value in others.items():
            if name not in FLAGS:
                said += ["-s", f"{name}={value}"]
        said += ["--limit", str(self.limit)] if self.limit else []
        return said + (["--data-dir", self.data_dir] if self.data_dir else [])

    def _network_words(self) -> list[str]:
        if self.definition:
            from cnnviz.definitions import from_json, to_link

            link = to_link(from_json(self.definition))
            return [DEFINITION_FILE if link is None else f"{OWN}:{link}"]
        from cnnviz.zoo import architecture

        changed = architecture(self.architecture).changed(self.options)
        return [
            self.architecture,
            *(word for name in changed for word in ("-o", f"{name}={format_value(changed[name])}")),
        ]

    def command(self, config: TrainConfig | None = None) -> str:
        """Return the command that repeats this."""
        return shlex.join(["python", "-m", "cnnviz", *self.words(config)])


def _network_of(given: Mapping[str, Any]) -> ZooNetwork | PlannedDefinition:
    """Return the network that a client names.

    Raises:
        UserError: an unknown architecture or option, or a definition that is none.
    """
    if given.get("architecture") == OWN:
        return PlannedDefinition.parse(given.get("definition"), given.get("options"))
    from cnnviz.zoo import architecture

    entry = architecture(str(given.get("architecture", "")))
    return ZooNetwork(entry, entry.resolve(dict(given.get("options") or {})))
