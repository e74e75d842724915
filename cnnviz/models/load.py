"""A trained model by the name that links and the command line give it."""

import os
from pathlib import Path

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.checkpoints.card import CARD, WEIGHTS, Card
from cnnviz.definitions.weights_form import has_definition
from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import parse_weights
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.paths import path_kind, user_path
from cnnviz.zoo.safetensors_header import map_file, read_header


def load_model(name: str, spec: ModelSpec | None = None) -> TrainedModel:
    """Return the trained model called `name`; its weights are read by `network()`.

    `name` is a checkpoint (`lenet-fashion_mnist`), a run (its id, `run:<id>@<step>` or its folder), the path of a file
    with its card, that of a safetensors file that holds its network, or the link of a user's own (`own:…`). With a
    `spec` it is the path of any safetensors file for that network, or a source of weights for it (`imagenet`).

    Raises:
        UserError: `unknown_checkpoint`, `checkpoint_no_card`, `path_unusable`, or a run, card or file that cannot be
            read or is of another network.
    """
    if name.startswith(f"{OWN}:"):
        return TrainedModel.of(_parsed(name))
    path = user_path(name)
    if spec is not None:
        if path_kind(path) == "file":
            return TrainedModel.of(WeightsRef("file", path.stem, title=path.name, path=path), spec)
        return TrainedModel.of(_parsed(name), spec)
    if name in CHECKPOINTS:
        return TrainedModel.of(WeightsRef("checkpoint", name))
    if path.suffix in (WEIGHTS, CARD) and path_kind(path) == "file":
        card = path.with_suffix(CARD)
        if path_kind(card) == "file":
            return TrainedModel.of(WeightsRef("checkpoint", Card.read(card).name, path=card))
        if path.suffix == WEIGHTS and has_definition(map_file(path)):
            return TrainedModel.of(WeightsRef("own-file", path.stem, title=path.name, path=path))
        if path_kind(path.parent / "config.json") != "file":
            raise _no_card(path)
        path = path.parent
    if path_kind(path / "config.json") == "file":
        return TrainedModel.of(WeightsRef("run", path.name, path=path))
    if os.sep not in name:
        try:
            return TrainedModel.of(_parsed(name if name.startswith("run:") else f"run:{name}"))
        except UserError as error:
            if error.key not in ("run_unknown", "unknown_checkpoint"):
                raise
    if path_kind(path) == "file":
        raise _no_card(path)
    raise UserError("unknown_checkpoint", name=name, known=[*CHECKPOINTS])


def _parsed(text: str) -> WeightsRef:
    try:
        return parse_weights(text)
    except ValueError as error:
        raise UserError("unknown_checkpoint", name=text, known=[*CHECKPOINTS]) from error


def _no_card(path: Path) -> UserError:
    """Return why a file alone is no trained network.

    Raises:
        UserError: where it is of another format than weights have.
    """
    read_header(map_file(path), most_bytes=None)
    return UserError("checkpoint_no_card", path=path, card=path.with_suffix(CARD))
