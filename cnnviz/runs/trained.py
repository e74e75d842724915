"""A trained network by the word that names it: one that comes with the project, a file, or a run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.checkpoints.card import CARD, WEIGHTS, Card
from cnnviz.checkpoints.table import CHECKPOINTS
from cnnviz.errors import UserError
from cnnviz.paths import path_kind, user_path
from cnnviz.runs.plan import Plan

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnviz.train.prepare import Preparation
    from cnnviz.zoo.weight_names import NamePairing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Enough to build a trained network, to feed it as in its training, and to say what it is."""

    name: str
    architecture: str
    options: Mapping[str, Any]
    """Every option of the network."""
    input_shape: tuple[int, int, int]
    """(C, H, W) as the network reads it."""
    num_classes: int
    dataset: str
    """The set that it was trained on."""
    settings: Mapping[str, Any]
    """Every setting of the training."""
    card: Card | None = field(default=None, repr=False)
    plan: Plan | None = field(default=None, repr=False)
    folder: Path | None = None
    """Of the run, where it is one."""
    state: "Mapping[str, Tensor] | None" = field(default=None, repr=False)
    """The weights of a user's own file."""
    pairing: "NamePairing | None" = field(default=None, repr=False)
    """What was done to the names in that file."""
    scaling: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Mean and deviation per channel that those weights expect, of pixels in [0, 1]."""

    def weights(self) -> "dict[str, Tensor]":
        """As `load_state_dict` takes them.

        Raises:
            UserError: a file that is not there, or not what it should be; a run that saved nothing yet.
        """
        if self.state is not None:
            return dict(self.state)
        if self.card is not None:
            from cnnviz.checkpoints.weights import load_weights

            return load_weights(self.card)
        from cnnviz.runs.checkpoint import read_weights

        assert self.folder is not None
        return read_weights(self.folder)

    def network(self) -> "nn.Module":
        """In evaluation mode, on the CPU: (N, C, H, W) -> (N, num_classes) logits.

        Raises:
            UserError: as `weights`, or `checkpoint_shapes` where they are not this network's.
        """
        from cnnviz.zoo import build

        network = build(self.architecture, self.options, self.input_shape, self.num_classes)
        try:
            network.load_state_dict(self.weights())
        except RuntimeError as error:
            raise UserError("checkpoint_shapes", name=self.name) from error
        return network.requires_grad_(False).eval()

    def preparation(self) -> "Preparation":
        """What turns uint8 images into the network's input, as in its training.

        Raises:
            UserError: training images that its standardisation is measured on and that are not there.
        """
        from cnnviz.train.prepare import Preparation, pixel_statistics

        side = int(self.settings["image_size"])
        if self.scaling is not None:
            return Preparation(side, *self.scaling)
        if not self.settings["standardise"] or self.plan is None:
            return Preparation(side)
        training_set, _ = self.plan.images()
        return Preparation(side, *pixel_statistics(training_set.images))


def find_trained(word: str) -> Trained:
    """The trained network that `word` names: a name in `checkpoints/`, a path, or the id of a run.

    Raises:
        UserError: `unknown_checkpoint`, `checkpoint_no_card`, `path_unusable`, or a run or card that cannot be read.
    """
    if word in CHECKPOINTS:
        return of_card(CHECKPOINTS[word])
    path = user_path(word)
    if path.suffix in (WEIGHTS, CARD) and path_kind(path) == "file":
        if path_kind(path.with_suffix(CARD)) == "file":
            return of_card(Card.read(path.with_suffix(CARD)))
        if path_kind(path.parent / "config.json") != "file":
            raise _no_card(path)
        path = path.parent
    from cnnviz.runs.folder import read_folder
    from cnnviz.runs.store import RunStore

    if path_kind(path / "config.json") == "file":
        return of_run(read_folder(path).plan, path)
    if os.sep not in word:
        try:
            record = RunStore().find(word)
        except UserError as error:
            if error.key != "run_unknown":
                raise
        else:
            return of_run(record.plan, record.folder)
    if path_kind(path) == "file":
        raise _no_card(path)
    raise UserError("unknown_checkpoint", name=word, known=[*CHECKPOINTS])


def _no_card(path: Path) -> UserError:
    """Return why a file alone is no trained network.

    Raises:
        UserError: where it is of another format than weights have.
    """
    from cnnviz.zoo.safetensors_header import map_file, read_header

    read_header(map_file(path), most_bytes=None)
    return UserError("checkpoint_no_card", path=path, card=path.with_suffix(CARD))


def of_file(
    path: Path, architecture: str, options: Mapping[str, Any], input_shape: tuple[int, int, int], num_classes: int
) -> Trained:
    """The network that a user names, with the weights of their own file; any size of file, names as on the pages.

    Raises:
        UserError: a network that cannot be built, or a file that is none of weights, or not of this network's.
    """
    from cnnviz.zoo import build
    from cnnviz.zoo.safetensors_header import map_file
    from cnnviz.zoo.weight_conventions import conventions, scaling_of
    from cnnviz.zoo.weights_file import check_weights_file, read_weights_file

    expected = build(architecture, options, input_shape, num_classes, device="meta").state_dict()
    data, others = map_file(path), partial(conventions, architecture, options)
    pairing = check_weights_file(data, expected, others, most_bytes=None).pairing
    return Trained(
        name=path.stem,
        architecture=architecture,
        options=options,
        input_shape=input_shape,
        num_classes=num_classes,
        dataset="",
        settings={"image_size": input_shape[1], "standardise": False},
        state=read_weights_file(data, expected, others, most_bytes=None),
        pairing=pairing,
        scaling=scaling_of(pairing.convention, architecture, options, input_shape[0]),
    )


def of_card(card: Card) -> Trained:
    """The network of a card."""
    return Trained(
        name=card.name,
        architecture=card.architecture,
        options=card.options,
        input_shape=card.input_shape,
        num_classes=card.num_classes,
        dataset=card.dataset,
        settings=card.settings,
        card=card,
    )


def of_run(plan: Plan, folder: Path) -> Trained:
    """The network of a run, after its latest saved step."""
    return Trained(
        name=folder.name,
        architecture=plan.architecture,
        options=plan.options,
        input_shape=plan.input_shape,
        num_classes=plan.num_classes,
        dataset=plan.dataset,
        settings=plan.config.as_json(),
        plan=plan,
        folder=folder,
    )
