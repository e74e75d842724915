"""Search entries of the Walkthrough: the layers of every network in its usual form."""

from cnnviz.figures.layer_words import kind_name
from cnnviz.models.spec import ModelSpec
from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.zoo.table import ARCHITECTURES

MOST_LAYERS = 70
"""Of a network with more, the first ones of a kind stand for the others."""


def search_entries(language: str) -> list[SearchEntry]:
    """Return the layers with the name of their kind, network by network."""
    kinds = load("kinds", language)
    found = []
    for name, entry in ARCHITECTURES.items():
        layers = ModelSpec.of(name).trace().layers
        if len(layers) > MOST_LAYERS:
            layers = tuple({layer.kind: layer for layer in reversed(layers)}.values())[::-1]
        found.append(SearchEntry(f"{entry.title} ({entry.year})", "walkthrough", {"net": name}))
        found += [
            SearchEntry(
                f"{entry.title} · {layer.name} · {kind_name(layer, kinds)}",
                "walkthrough",
                {"net": name, "layer": layer.name},
            )
            for layer in layers
        ]
    return found
