"""The menu of the models that can be tested on the images of their set: those of the project and the user's runs."""

from __future__ import annotations

from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights, source_of
from cnnviz.models.weights import WeightsRef
from cnnviz.text import Text
from cnnviz.ui.core import browser_key, url, url_state
from cnnviz.ui.inputs.links import EVALUATED_WEIGHTS


def select_tested_model(t: Text) -> TrainedModel | None:
    """Draw the menu and return the selected model; None where there is none at all."""
    listed = [weights for source in WEIGHT_SOURCES.values() for weights in source.list_testable(browser_key.key())]
    titles = {format_weights(weights): _title(weights, t) for weights in listed}
    default = next(iter(titles), "")
    param = EVALUATED_WEIGHTS.usual(default)
    wanted = url.value(param)
    if wanted not in titles:
        try:
            weights = parse_weights(wanted)
            source_of(weights).check_testable(weights)
            titles[wanted] = _title(weights, t)
        except (UserError, ValueError):
            if wanted:
                url_state.note_wrong(param.name, wanted)
            url.put(param, default)
    if not titles:
        return None
    chosen = url.select(
        param.among(tuple(titles), default),
        t("pick.label"),
        lambda text: titles.get(text, text),
        help=t("pick.help"),
    )
    return TrainedModel.of(parse_weights(chosen))


def _title(weights: WeightsRef, t: Text) -> str:
    source = source_of(weights)
    title = source.short_title(weights)
    return t("pick.run", name=title) if source.is_users else title
