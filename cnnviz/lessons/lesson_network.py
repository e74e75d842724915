"""The network of an item as a lesson file names it: trained weights, or an architecture with its options."""

from functools import lru_cache

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec, TrainedModel, load_model
from cnnviz.options import format_value
from cnnviz.zoo import architecture

_TOLD = ("form", "config", "depth", "version", "pool", "width")
"""Options that belong to the name of a network where they are not the usual ones."""


@lru_cache(maxsize=64)
def lesson_model(text: str) -> TrainedModel:
    """Return the model that `text` names: "lenet-digits", or "lenet pool=max" without trained weights.

    Raises:
        UserError: an unknown network or option.
    """
    if text in CHECKPOINTS:
        return load_model(text)
    name, *options = text.split() or [""]
    query = {f"{name}.{key}": value for key, _, value in (option.partition("=") for option in options)}
    if any("=" not in option for option in options):
        raise UserError("unknown_checkpoint", name=text, known=[*CHECKPOINTS])
    return TrainedModel(ModelSpec.from_url({"net": name, **query}))


def network_title(spec: ModelSpec) -> str:
    """Return the name of a network with the options that make it another one; the user's own as they call it.

    >>> network_title(ModelSpec.of("lenet", {"pool": "max"}))
    'LeNet (pool=max)'
    """
    if spec.definition is not None:
        return spec.definition.title or "net"
    entry = architecture(spec.architecture)
    changed = entry.changed(dict(spec.options))
    told = ", ".join(f"{name}={format_value(changed[name])}" for name in _TOLD if name in changed)
    return f"{entry.title} ({told})" if told else entry.title
