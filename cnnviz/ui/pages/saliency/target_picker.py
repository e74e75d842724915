"""The picker of the target: a class, or one class less another, as a logit or a probability."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from cnnviz.attribution import Target
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.url import Param
from cnnviz.ui.pages.saliency.links import CLASS, MINUS, NONE, PREDICTED, SCORE, SECOND, TRUE
from cnnviz.ui.pages.saliency.subject import SaliencyInput, logits, probabilities


@dataclass(frozen=True)
class ClassRanking:
    """The classes of a subject in the order of its answer."""

    names: list[str]
    ranked: list[int]
    """Indices, the strongest first."""
    shares: list[float]
    """Probabilities by index."""
    labels: tuple[int, ...]
    """What the image is labelled with."""
    several: bool
    """Whether an image may have several classes."""

    @classmethod
    def of(cls, subject: SaliencyInput, language: str) -> ClassRanking:
        """Return the classes in the order of the network's answer."""
        values = logits(subject)
        ranked = sorted(range(len(values)), key=lambda index: -values[index])
        names = subject.model.class_names(language)
        return cls(names, ranked, probabilities(subject), subject.labels(), subject.model.multi_label)

    def taken(self) -> list[int]:
        """Return the answer: the strongest class, or every class above one half where an image may have several."""
        if self.several:
            return [index for index in self.ranked if self.shares[index] > 0.5]
        return self.ranked[:1]

    def resolve(self, word: str) -> int | None:
        """Return the class that a choice means for this image; None for none."""
        if word == PREDICTED:
            return self.ranked[0]
        if word == SECOND:
            return self.ranked[1] if len(self.ranked) > 1 else None
        if word == TRUE:
            return self.labels[0] if self.labels else None
        return int(word) if word != NONE else None

    def describe(self, word: str, t: Text) -> str:
        """Return a choice as the menu shows it."""
        if word == NONE:
            return t("class.none")
        index = self.resolve(word)
        if word in (PREDICTED, TRUE, SECOND):
            return t(f"class.{word}", name=self.names[index] if index is not None else "–")
        return t("class.percent", name=self.names[int(word)], percent=percent(self.shares[int(word)]))

    def words(self) -> list[str]:
        """Return the choices."""
        return [PREDICTED, *([TRUE] if self.labels else []), *map(str, range(len(self.names)))]


def select_target(classes: ClassRanking, score: str, t: Text) -> Target:
    """Draw the choice of the class to explain, and of the class taken off."""
    first, second = st.columns(2)
    with first:
        index = classes.resolve(_menu(CLASS, classes.words(), classes, t)) or 0
    with second:
        minus = classes.resolve(_menu(MINUS, [NONE, SECOND, *map(str, range(len(classes.names)))], classes, t))
        if minus == index:
            others = [other for other in classes.ranked if other != index]
            if classes.resolve(st.session_state["minus"]) is not None and others:
                minus = others[0]
                st.caption(t("minus.same", name=escape_markdown(classes.names[minus])))
            else:
                minus = None
    return target(classes, index, minus, score)


def usual_target(classes: ClassRanking, score: str) -> Target:
    """Return the answer as the target, where the class to explain is not asked for."""
    return target(classes, classes.resolve(PREDICTED) or 0, None, score)


def target(classes: ClassRanking, index: int, minus: int | None, score: str) -> Target:
    """Return the explained number as the methods take it."""
    probability = score == "probability"
    return Target(index, minus, probability, classes.several and probability)


def select_score(t: Text) -> str:
    """Draw the choice of logit or probability."""
    return url.select(
        SCORE, t("score.label"), lambda score: t(f"score.{score}"), style="segments", help=t("score.help")
    )


def describe_target(target: Target, names: list[str], t: Text) -> str:
    """Return `8`, or `8 − 3`, with "probability of" where it is one."""
    said = names[target.index]
    if target.minus is not None:
        said = f"{said} − {names[target.minus]}"
    return t("target.probability", name=said) if target.probability else said


def colour_ends(targets: Iterable[Target], names: list[str], t: Text) -> tuple[str, str]:
    """Return the meanings of the two ends of the colours of maps with these targets."""
    different = set(targets)
    if len(different) != 1:
        return t("ends.against_class"), t("ends.for_class")
    (target,) = different
    if target.minus is not None:
        return t("ends.for", name=names[target.minus]), t("ends.for", name=names[target.index])
    return t("ends.against", name=names[target.index]), t("ends.for", name=names[target.index])


def _menu(param: Param[str], words: list[str], classes: ClassRanking, t: Text) -> str:
    key, param = param.name, param.among(words, param.default)
    said = classes.describe(url.value(param), t)
    if st.session_state.get(f"{key}.said", said) != said:  # a browser keeps the words of a choice until it is set anew
        st.session_state[key] = st.session_state[key]
    st.session_state[f"{key}.said"] = said
    return url.select(param, t(f"{key}.label"), lambda word: classes.describe(word, t), help=t(f"{key}.help"))
