"""Links from one image to the reason of its answer, with the same network."""

from __future__ import annotations

from cnnviz.models import TrainedModel
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.core.markdown import escape_markdown


def draw_page_links(
    model: TrainedModel, number: int, true: list[int], given: list[int], names: list[str], t: Text
) -> None:
    """Draw links to the pages that say why the image `number` got its answer; `true` and `given` are classes."""
    here = {**model.to_url(), "image": model.info.dataset, "n": str(number)}
    scores = model.spec.trace().layers[-1].name
    taken = next((index for index in given if index not in true), next(iter(given or true), 0))
    missed = next((index for index in true if index not in given), None)
    shell.page_link("walkthrough", t("image.walk"), **here)
    shell.page_link(
        "walkthrough",
        t("image.microscope", name=escape_markdown(names[taken])),
        **here,
        layer=scores,
        view="value",
        unit=str(taken),
    )
    shell.page_link("saliency", t("image.why", name=escape_markdown(names[taken])), **here, **{"class": str(taken)})
    if missed is not None and missed != taken:
        question = t("image.why_not", name=escape_markdown(names[taken]), other=escape_markdown(names[missed]))
        shell.page_link("saliency", question, **here, **{"class": str(taken), "minus": str(missed)})
        shell.page_link(
            "saliency", t("image.why", name=escape_markdown(names[missed])), **here, **{"class": str(missed)}
        )
