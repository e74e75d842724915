"""Networks of the users' own by name: a text that a link carries, or the digest of what this process keeps."""

import re
from functools import lru_cache
from hashlib import sha256

from cnnviz.definitions import NetworkDefinition, from_json, from_link, to_json
from cnnviz.definitions.text_form import packed_link
from cnnviz.errors import UserError
from cnnviz.models.file_store import FileStore

OWN_NETWORKS = FileStore(200_000_000)
"""The networks of all users of this process that are too long for a link or have weights: JSON, or safetensors."""
DIGEST = re.compile("[0-9a-f]{64}")


@lru_cache(maxsize=128)
def definition_name(definition: NetworkDefinition) -> str:
    """Return the text of a network in a link: the network itself, or the digest of its JSON where that is too long."""
    document = _document(definition)
    return packed_link(document) or sha256(document).hexdigest()


def keep_definition(definition: NetworkDefinition, owner: str = "") -> str:
    """Return `definition_name`; a network that is too long for a link is kept for `owner`, so that it is found."""
    name = definition_name(definition)
    return OWN_NETWORKS.put(_document(definition), owner) if DIGEST.fullmatch(name) else name


def find_definition(name: str) -> NetworkDefinition:
    """Return the network that `definition_name` named, checked whole.

    Raises:
        UserError: `definition_gone` for one that is kept no more, or as `from_link`.
    """
    if not DIGEST.fullmatch(name):
        return from_link(name)
    data = OWN_NETWORKS.get(name)
    if data is None:
        raise UserError("definition_gone")
    return from_json(data.decode())


@lru_cache(maxsize=16)
def _document(definition: NetworkDefinition) -> bytes:
    return to_json(definition, lines=False).encode()
