"""Links from a question to the instrument that shows its step."""

from cnnviz.lessons.questions.record import Facts, PageLink


def walkthrough(facts: Facts) -> PageLink:
    """Return the link to the layer of a question in the Walkthrough, and to its unit where it is about one."""
    unit = facts.get("unit")
    return PageLink(
        "walkthrough", {"layer": facts["layer"]} | ({} if unit is None else {"unit": ",".join(map(str, unit))})
    )


def architecture(facts: Facts) -> PageLink:
    """Return the link to the layer of a question among the sizes, parameters and costs of its network."""
    return PageLink("architectures", {"layer": facts["layer"]})


def bench(tab: str, **settings: object) -> PageLink:
    """Return the link to a tab of the operations bench with its settings, written as the bench writes them."""
    query = {f"{tab}.{name}": str(value) for name, value in settings.items()}
    return PageLink("operations", {"op": tab} | query, of_network=False)
