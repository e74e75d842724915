"""The families of layers, which share a colour and a letter in the diagram, in the order of its legend."""

from types import MappingProxyType

FAMILIES = MappingProxyType(
    {
        "conv": "C",
        "norm": "N",
        "activation": "A",
        "pool": "P",
        "linear": "L",
        "join": "+",
        "dropout": "D",
        "reshape": "F",
        "other": "O",
    }
)
"""The letter of each family; its name in words is `family.<name>` in `text/kinds.toml`."""
