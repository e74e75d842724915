"""The axis of comparison: methods, classes, layers, baselines, checkpoints, or the epochs of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnviz.attribution import METHODS, Target
from cnnviz.models.model import TrainedModel
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.core.url import Entries
from cnnviz.ui.pages.saliency import baseline_picker as baselines
from cnnviz.ui.pages.saliency import compared_networks, method_picker
from cnnviz.ui.pages.saliency import layer_picker as layers
from cnnviz.ui.pages.saliency.links import COMPARE, ENTRIES, MOST, PREDICTED
from cnnviz.ui.pages.saliency.map_request import NOISE, OTHER, BaselineChoice, MapRequest
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.target_picker import ClassRanking, describe_target, target


@dataclass(frozen=True)
class ComparedMap:
    """One map that is asked for, and what tells it from those beside it."""

    case: MapRequest
    title: str


@dataclass(frozen=True)
class MapInputs:
    """Everything that the panels share, however they differ."""

    subject: SaliencyInput
    classes: ClassRanking
    target: Target
    layer: str
    baseline: BaselineChoice
    options: dict[str, tuple[tuple[str, Any], ...]]
    draw: int
    compared: tuple[BaselineChoice, ...] = ()
    """Of the axis of baselines."""

    def case(self, method: str, **changed: Any) -> MapRequest:
        """Return the map of one method, with something changed."""
        whole = MapRequest(
            self.subject, method, self.target, self.layer, self.baseline, self.options.get(method, ()), self.draw
        )
        return replace(whole, **changed).normalized()


def select_axis(t: Text) -> str:
    """Return the chosen axis."""
    return url.select(
        COMPARE, t("compare.label"), lambda axis: t(f"compare.{axis}"), style="segments", help=t("compare.help")
    )


def compared_maps(axis: str, names: Sequence[str], given: MapInputs, t: Text) -> list[ComparedMap]:
    """Return the maps along an axis; `names` are the methods, of which all axes but the first take one."""
    if axis == "methods":
        return [ComparedMap(given.case(name), method_picker.title(name, t.language)) for name in names]
    return _MAPS_ALONG[axis](names[0], given, t)


def needs_layer_and_baseline(axis: str, names: Sequence[str]) -> tuple[bool, bool]:
    """Return whether layer and baseline are asked for: the axis itself may give them."""
    entries = [METHODS[name] for name in names]
    return (
        axis != "layers" and any(entry.needs_layer for entry in entries),
        axis != "baselines" and any(entry.picks_baseline for entry in entries),
    )


def uses_seed(names: Sequence[str], chosen: Sequence[BaselineChoice]) -> bool:
    """Return whether something is drawn at random: by a method, or for a baseline that a method compares with."""
    entries = [METHODS[name] for name in names]
    noise = any(one.name == NOISE for one in chosen)
    return any(entry.stochastic or (noise and entry.picks_baseline) for entry in entries)


def select_baselines(t: Text) -> tuple[BaselineChoice, ...]:
    """Draw the choice of the baselines that are compared."""
    known = baselines.names()
    chosen = _select("baselines", list(known[:3]), known, lambda one: baselines.title(one, t), t)
    number = baselines.select_image_number(t) if OTHER in chosen else 0
    return tuple(BaselineChoice(one, number if one == OTHER else 0) for one in chosen)


def _classes(name: str, given: MapInputs, t: Text) -> list[ComparedMap]:
    words = given.classes.words()
    usual = [PREDICTED, *([str(given.classes.ranked[1])] if len(given.classes.ranked) > 1 else [])]
    chosen = _select("classes", usual, words, lambda word: given.classes.describe(word, t), t)
    found = {}
    score = "probability" if given.target.probability else "logit"
    for word in chosen:
        index = given.classes.resolve(word)
        if index is not None:
            one = target(given.classes, index, None, score)
            found[index] = ComparedMap(given.case(name, target=one), describe_target(one, given.classes.names, t))
    return list(found.values())


def _layers(name: str, given: MapInputs, t: Text) -> list[ComparedMap]:
    known = [layer.name for layer in layers.layers(given.subject) if layer.fits_map]
    usual = [known[place] for place in sorted({0, len(known) // 2, len(known) - 1})] if known else []
    if given.layer in known and given.layer not in usual:
        usual = [*usual[:2], given.layer]
    chosen = _select("layers", usual, known, str, t)
    if not METHODS[name].needs_layer:
        st.caption(t("unused.layer"))
    return [ComparedMap(given.case(name, layer=layer), layer) for layer in chosen]


def _baselines(name: str, given: MapInputs, t: Text) -> list[ComparedMap]:
    baselines.draw_thumbnails(given.subject, given.draw, given.compared, t)
    if not METHODS[name].picks_baseline:
        st.caption(t("unused.baseline"))
    return [ComparedMap(given.case(name, baseline=one), baselines.title(one.name, t)) for one in given.compared]


def _checkpoints(name: str, given: MapInputs, t: Text) -> list[ComparedMap]:
    known = compared_networks.same_classes(given.subject)
    chosen = _select("also", list(known)[:2], list(known), lambda one: compared_networks.title(one, known[one], t), t)
    return [_with_network(name, given, known[one], compared_networks.title(one, known[one], t)) for one in chosen]


def _epochs(name: str, given: MapInputs, t: Text) -> list[ComparedMap]:
    subject, model = given.subject, given.subject.model
    steps = model.source.saved_steps(model.weights)
    if len(steps) < 2:
        st.info(t("epochs.none"), icon=":material/model_training:")
        return [ComparedMap(given.case(name), method_picker.title(name, t.language))]
    usual = [steps[place] for place in sorted({round(part * (len(steps) - 1) / 3) for part in range(4)})]
    per_epoch = model.source.steps_per_epoch(model.weights)
    say = {step: t("epochs.entry", epoch=f"{step / per_epoch:.3g}", step=step) for step in steps}
    chosen = _select("steps", usual, steps, say.__getitem__, t)
    moments = {step: TrainedModel.of(replace(model.weights, step=step), model.spec) for step in chosen}
    return [_with_network(name, given, replace(subject, model=moments[step]), say[step]) for step in sorted(chosen)]


_MAPS_ALONG: dict[str, Callable[[str, MapInputs, Text], list[ComparedMap]]] = {
    "classes": _classes,
    "layers": _layers,
    "baselines": _baselines,
    "checkpoints": _checkpoints,
    "epochs": _epochs,
}


def _with_network(name: str, given: MapInputs, subject: SaliencyInput, title: str) -> ComparedMap:
    """Return the same question to another network, at the layer of the same name where it has one."""
    known = {layer.name for layer in layers.layers(subject) if layer.fits_map}
    layer = given.layer if given.layer in known else layers.suggested_layer(subject)
    return ComparedMap(given.case(name, subject=subject, layer=layer), title)


def _select(key: str, usual: list[Any], known: Sequence[Any], say: Callable[[Any], str], t: Text) -> list[Any]:
    """Draw the choice of up to six entries of an axis; return the usual ones where the user chose none."""
    param = replace(ENTRIES[key], kind=Entries(key, MOST, tuple(known)), default=usual)
    return url.several(param, t(f"along.{key}"), say, placeholder=t("along.none"))
