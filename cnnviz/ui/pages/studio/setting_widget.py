"""One setting of a training as a field whose default follows the recipe."""

from __future__ import annotations

from typing import Any

from cnnviz.errors import UserError
from cnnviz.options import Several
from cnnviz.text import Text
from cnnviz.train.config import SETTINGS
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.forms import draw_control, follow_default, with_labels
from cnnviz.ui.pages.studio.links import SETTING


def draw_setting(name: str, usual: Any, t: Text) -> Any:
    """Draw the field of the setting `name` and return its value, `usual` until the user gives another.

    Numbers out of range are not stopped here, so that a sentence says what is wrong with them.
    """
    setting = SETTINGS[name]
    param = SETTING[name].usual(list(usual) if isinstance(setting.kind, Several) else usual)
    url_state.seed(param.name, param.default, param.parse)  # any value: out of range, too
    follow_default(param.name, param.default)
    value = draw_control(
        setting,
        param.name,
        t(f"setting.{name}.label"),
        help=t(f"setting.{name}.help"),
        describe=lambda choice: t(f"choice.{choice}"),
        bounded=False,
    )
    return url.keep(param, value)


def with_field_labels(error: UserError, t: Text) -> UserError:
    """Return `error` with the settings called as their fields are."""
    return with_labels(error, lambda name: t(key) if (key := f"setting.{name}.label") in t else name)
