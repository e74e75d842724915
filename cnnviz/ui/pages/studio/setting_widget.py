"""One setting of a training as a field whose default follows the recipe."""

from __future__ import annotations

from typing import Any

from cnnviz.errors import UserError
from cnnviz.options import Several
from cnnviz.text import Text
from cnnviz.train.config import SETTINGS
from cnnviz.ui.core import url_state
from cnnviz.ui.core.forms import draw_control, follow_default, with_labels


def draw_setting(name: str, usual: Any, t: Text) -> Any:
    """Draw the field of the setting `name` and return its value, `usual` until the user gives another.

    Numbers out of range are not stopped here, so that a sentence says what is wrong with them.
    """
    setting, key = SETTINGS[name], f"set.{name}"
    usual = list(usual) if isinstance(setting.kind, Several) else usual
    _follow(name, key, usual)
    value = draw_control(
        setting,
        key,
        t(f"setting.{name}.label"),
        help=t(f"setting.{name}.help"),
        describe=lambda choice: t(f"choice.{choice}"),
        bounded=False,
    )
    return url_state.keep(key, value, usual, setting.format)


def with_field_labels(error: UserError, t: Text) -> UserError:
    """Return `error` with the settings called as their fields are."""
    return with_labels(error, lambda name: t(key) if (key := f"setting.{name}.label") in t else name)


def _follow(name: str, key: str, usual: Any) -> None:
    setting = SETTINGS[name]

    def read(text: str) -> Any:
        value = setting.parse(text)
        return list(value) if isinstance(setting.kind, Several) else value

    url_state.seed(key, usual, read)
    follow_default(key, usual)
