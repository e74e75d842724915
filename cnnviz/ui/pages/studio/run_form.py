"""The choice of what is trained: network, images and training settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cnnviz.checkpoints import checkpoints_of
from cnnviz.data import DATASETS
from cnnviz.definitions import NetworkDefinition
from cnnviz.errors import UserError
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.spec_words import network_title
from cnnviz.options import format_value
from cnnviz.paths import image_set_folders
from cnnviz.runs.limits import limits, profile
from cnnviz.text import Text, load
from cnnviz.train.config import SETTINGS
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.schedules import SCHEDULES
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import error_markdown, escape_markdown
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs import option_widgets, uploaded_set
from cnnviz.ui.inputs.links import OPTIONS
from cnnviz.ui.pages.studio import course_note, default_form, own_plan, setting_widget, settings_base
from cnnviz.ui.pages.studio.links import COURSE, DATA, LIMIT, QUICK
from cnnviz.zoo import architecture

FIRST = ("epochs", "learning_rate", "batch_size", "optimizer")
"""The settings that stand on the page as chips."""
OTHERS = (
    "momentum",
    "nesterov",
    "weight_decay",
    "schedule",
    "step_epochs",
    "step_factor",
    "init",
    "label_smoothing",
    "image_size",
    "standardise",
    "augment",
    "seed",
    "precision",
    "device",
    "watch_every",
)
KEYS = tuple(f"set.{name}" for name in (*FIRST, *OTHERS))
"""Their keys in the session and in the URL."""


def select_plan(t: Text, describe: Callable[[Mapping[str, Any]], str]) -> dict[str, Any]:
    """Draw the choices and return a plan as `RunPlan.parse` takes it.

    Network, dataset and the settings that are changed most are chips, all others lie in drawers; `describe` returns a
    note on the plan, which stands in the last one.
    """
    left, right = st.columns(2)
    with left:
        name = option_widgets.select_architecture()
    with right:
        images = _select_dataset(t)
    base = settings_base.select_base(KEYS, t)
    chips = st.container(horizontal=True, gap="xsmall", key="chips")
    said = st.container(gap="xsmall")
    definition: NetworkDefinition | None = None
    options: dict[str, Any] = {}
    with st.expander(t("knobs")):
        if name == OWN:
            definition = own_plan.select_definition()
        else:
            options = _select_options(name, base, images)
    with st.expander(t("settings.title")):
        limit = _select_limit(images, t)
        usual = settings_base.base_settings(base, name, options, images, limit, definition)
        settings = _select_settings(usual, chips, t)
        plan = {
            "architecture": name,
            "options": options,
            "dataset": images,
            "limit": limit or None,
            "settings": settings,
            **({} if definition is None else own_plan.plan_part(definition)),
        }
        st.caption(describe(plan))
    uploaded_set.draw_uploader(DATA, images)
    settings_base.write_base(KEYS)
    with said:
        if definition is not None:
            own_plan.draw_fit(plan, t)
        elif base == COURSE:
            course_note.draw(plan, t)
        else:
            default_form.draw(name, images, t)
    return plan


def small_form_query(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return the state of this page with the form of the network that comes with the app; empty where that is
    chosen."""
    name = plan["architecture"]
    if name == OWN:
        return {}
    card = next((card for card in checkpoints_of(name) if card.dataset == "digits"), None)
    entry = architecture(name)
    form = default_form.default_form(entry, QUICK, plan["dataset"])
    if card is None or plan["options"] in (dict(card.options), form if entry.changed(form) else None):
        return {}
    options = entry.changed(card.options)
    query = {
        "net": name,
        "data": plan["dataset"],
        **{f"{name}.{one}": format_value(value) for one, value in options.items()},
    }
    return query | ({"limit": str(plan["limit"])} if plan["limit"] else {})


def name_of(given: Mapping[str, Any]) -> str:
    """Return a short name for a run of `given`: the network, what differs from its default form, images,
    learning rate."""
    definition = own_plan.definition_of(given)
    if definition is not None:
        title, changed = network_title(ModelSpec.own(definition), language()), []
    else:
        entry = architecture(given["architecture"])
        title = entry.title
        changed = [f"{name}={format_value(value)}" for name, value in entry.changed(given["options"]).items()]
    rate = given["settings"].get("learning_rate")
    own = uploaded_set.uploaded_sets()
    images = own[given["dataset"]].title if given["dataset"] in own else given["dataset"]
    return " ".join([title, *changed, images, f"η={rate:g}"])[:80]


def _select_options(name: str, base: str, images: str) -> dict[str, Any]:
    """Draw the options of the network alone: the shape of its images follows from the image set and `image_size`."""
    entry = architecture(name)
    form = default_form.default_form(entry, base, images)
    default_form.follow(entry, form)
    t, words = load("controls", language()), load(f"zoo/{name}", language())
    options = {option.name: option.default for option in entry.options}
    cells = st.columns(2)
    for position, option in enumerate(entry.options):
        param = OPTIONS[name][option.name].usual(form[option.name])
        with cells[position % 2]:
            options[option.name] = option_widgets.select_option(entry, option, param, options, words, t)
    return options


def _select_dataset(t: Text) -> str:
    uploaded_set.select_new_set(DATA)
    sets = {**DATASETS, **uploaded_set.uploaded_sets()}
    name = url.select(
        DATA.among(tuple(sets), DATA.default),
        t("dataset.label"),
        lambda name: sets[name].describe("title", language()) or name,
        help=t("dataset.help"),
    )
    entry = sets[name]
    if entry.needs_download and not entry.present(None):
        megabytes = round(entry.download_bytes / 1e6)
        if profile() == "hosted":
            said = escape_markdown(t("dataset.absent_here", megabytes=megabytes))
        else:
            said = escape_markdown(
                t("dataset.absent", looked=t.listed(map(str, image_set_folders())), megabytes=megabytes)
            )
        try:
            limits().check_download(entry.describe("title", language()) or name, entry.download_bytes)
        except UserError as error:
            said = error_markdown(error, language())
        st.info(said, icon=":material/download:")
    return name


def _select_limit(images: str, t: Text) -> int:
    return url.number(LIMIT, t("limit.label"), step=100, help=t("limit.help"))


def _select_settings(of_base: Mapping[str, Any], chips: Any, t: Text) -> dict[str, Any]:
    """Draw the first settings into `chips` and the others here, which begin with those of a base; return all."""
    usual = {one.name: one.default for one in SETTINGS.values()} | dict(of_base)
    with chips:
        chosen = {one: setting_widget.draw_chip(one, usual[one], t) for one in FIRST}
    held = {used for table in (OPTIMIZERS, SCHEDULES) for entry in table.values() for used in entry.uses}
    cells = st.columns(2)
    place = 0
    for one in OTHERS:
        used = (*_uses(OPTIMIZERS, chosen.get("optimizer")), *_uses(SCHEDULES, chosen.get("schedule")))
        if one in held and one not in used:
            continue
        with cells[place % 2]:
            chosen[one] = setting_widget.draw_setting(one, usual[one], t)
        place += 1
    return chosen


def _uses(table: Mapping[str, Any], name: str | None) -> tuple[str, ...]:
    return table[name].uses if name else ()
