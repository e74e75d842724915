"""Every generator, in the order of the course; menus, lessons and tests loop over this table."""

from types import MappingProxyType

from cnnviz.errors import UserError
from cnnviz.lessons.questions.families import (
    attribution_maps,
    computation,
    curves,
    fields,
    flattening,
    gradients,
    joins,
    memory_use,
    mistakes,
    nonlinearity,
    normalization,
    output_sizes,
    parameters,
    pooling,
    savings,
    scores,
    structure,
    sums,
    training_curves,
    training_mode,
    trust_tests,
    windows,
)
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Question

GENERATORS = MappingProxyType(
    {
        generator.name: generator
        for family in (
            output_sizes,
            structure,
            windows,
            sums,
            pooling,
            nonlinearity,
            flattening,
            scores,
            parameters,
            computation,
            savings,
            memory_use,
            fields,
            joins,
            normalization,
            gradients,
            training_mode,
            curves,
            training_curves,
            mistakes,
            attribution_maps,
            trust_tests,
        )
        for generator in family.GENERATORS
    }
)


def generate(name: str, network: TracedNetwork, seed: int) -> Question:
    """Return the item of generator `name` for `seed`: the same on every machine.

    Raises:
        NotApplicable: the network, or the layer that questions are to be about, has nothing to ask about.
        UserError: `unknown_question`.
    """
    if name not in GENERATORS:
        raise UserError("unknown_question", name=name, known=[*GENERATORS])
    return GENERATORS[name].item(network, seed)


def applicable(network: TracedNetwork) -> tuple[str, ...]:
    """Return the names of the generators that can ask about the network, or about the one layer that it names."""
    found = []
    for generator in GENERATORS.values():
        try:
            generator.item(network, 0)
        except NotApplicable:
            continue
        found.append(generator.name)
    return tuple(found)
