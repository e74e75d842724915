"""A network of the user's own on the command line: a link's text, or a file of code, JSON or safetensors."""

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.definitions.record import OWN
from cnnviz.errors import UserError
from cnnviz.paths import path_kind, read_bytes, user_path

if TYPE_CHECKING:
    from cnnviz.data.dataset_record import Dataset
    from cnnviz.definitions import NetworkDefinition

ENDINGS = (".py", ".json", ".safetensors")


def is_own(word: str) -> bool:
    """Return whether a word names a network of the user's own, not an architecture."""
    return word.startswith(f"{OWN}:") or Path(word).suffix in ENDINGS


def own_definition(word: str, images: "Dataset") -> "NetworkDefinition":
    """Return the network that a word names; code is read for the shape of `images` where it tells none, never run.

    Raises:
        UserError: `own_argument` for a file that is not there, or a text that holds no network.
    """
    from cnnviz.definitions import definition_in, from_json, from_link, parse_pytorch
    from cnnviz.zoo.safetensors_header import map_file

    if word.startswith(f"{OWN}:"):
        return from_link(word.removeprefix(f"{OWN}:"))
    path = user_path(word)
    if path_kind(path) != "file":
        raise UserError("own_argument", path=path)
    if path.suffix == ".safetensors":
        return definition_in(map_file(path))
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("own_file_text") from error
    if path.suffix == ".json":
        return from_json(text)
    found = parse_pytorch(text)
    return found if found.input_shape is not None else parse_pytorch(text, images.input_shape)


def own_request(word: str, images: str, image_size: str | int | None, adapt: bool) -> dict[str, str]:
    """Return the part of a run's request that names a network of the user's own, adapted to the set if asked.

    Raises:
        UserError: as `own_definition` and `adapted`.
    """
    from cnnviz.data import dataset
    from cnnviz.definitions import to_json
    from cnnviz.definitions.fitting import adapted
    from cnnviz.options import Whole
    from cnnviz.runs.planned_network import own_image_size

    entry = dataset(images)
    definition = own_definition(word, entry)
    if adapt:
        channels, height, width = entry.input_shape
        asked = own_image_size(definition.input_shape, entry) if image_size is None else image_size
        side = Whole(0, 1024).parse(asked, "image_size")
        definition, _ = adapted(definition, (channels, side or height, side or width), entry.num_classes)
    return {"architecture": OWN, "definition": to_json(definition, lines=False)}
