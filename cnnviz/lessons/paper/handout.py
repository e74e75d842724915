"""A lesson as one self-contained HTML file to print: the questions with room to write, and the key on its own page."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from cnnviz.lessons.lesson import Lesson, LessonStep, Screen, in_language
from cnnviz.lessons.paper.number_sheet import NumberSheet, lesson_sheet
from cnnviz.lessons.paper.question_parts import PaperQuestion, draw_result, draw_right, draw_room, draw_scene, table
from cnnviz.lessons.questions import Question, generate
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.sentence import number_text
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item, way_without_result
from cnnviz.text import Text, load

_STYLES = Path(__file__).with_suffix(".css")
_LINES = 5
"""To write an explanation of one's own on."""


def to_html(lesson: Lesson, language: str, seed: int = 0) -> str:
    """Return the handout of a lesson; `seed` gives other numbers, as on the page of lessons.

    Raises:
        UserError: a network that cannot be built or whose weights are not there.
    """
    t = load("handout", language)
    questions = [_question(lesson, screen, place, seed) for place, screen in enumerate(lesson.screens, 1)]
    pairs = list(zip(lesson.screens, questions, strict=True))
    asked = "".join(_asked(lesson, place, *pair, seed, t) for place, pair in enumerate(pairs, 1))
    solved = "".join(_solved(lesson, place, *pair, t) for place, pair in enumerate(pairs, 1))
    sheet = lesson_sheet(lesson)
    title = escape(in_language(lesson.title, language))
    closing = "".join(f"<p>{escape(in_language(words, language))}</p>" for words in lesson.closing)
    worksheet = draw_sheet(sheet, t, solved=False) if sheet else ""
    key = f'<div class="key"><h1>{escape(t("key", title=in_language(lesson.title, language)))}</h1>{solved}'
    key += f"<section><h2>{escape(t('closing'))}</h2>{closing}</section></div>"
    key += draw_sheet(sheet, t, solved=True) if sheet else ""
    names = "".join(f"<span>{escape(t(f'field.{name}'))}</span>" for name in ("name", "date"))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_styles()}</style></head>'
        f'<body><main><h1>{title}</h1><div class="name">{names}</div><p>{escape(t("lead"))}</p>{asked}'
        f"{worksheet}{key}</main></body></html>\n"
    )


@cache
def _styles() -> str:
    return _STYLES.read_text(encoding="utf-8")


def _question(lesson: Lesson, screen: Screen, place: int, seed: int) -> Question | None:
    if screen.kind in ("why", "end"):
        return None
    item = item_of(lesson, screen)
    return generate(item.question, traced_item(item), item_seed(lesson, place, seed))


def _head(screen: Screen, place: int, t: Text) -> str:
    name = t("step", place=place) if screen.kind == "step" else t(f"screen.{screen.kind}")
    return f"<h2>{escape(name)}</h2>"


def _asked(lesson: Lesson, place: int, screen: Screen, question: Question | None, seed: int, t: Text) -> str:
    """Return what stands on the student's page of a screen."""
    if screen.kind == "why" and lesson.why is not None:
        lines = "<span></span>" * _LINES
        ask = escape(in_language(lesson.why[0], t.language))
        return f'<section>{_head(screen, place, t)}<p class="ask">{ask}</p><div class="lines">{lines}</div></section>'
    if question is None:
        return ""
    step = screen.step
    paper = PaperQuestion(question, traced_item(item_of(lesson, screen)), step.picture if step else "maps", t)
    look = f"<p>{escape(in_language(step.look, t.language))}</p>" if step else ""
    ask = f'<p class="ask">{escape(question.asks.describe(t.language))}</p>'
    worked = step is not None and step.support == "worked"
    if worked:
        room = f"<p>{draw_right(question, t)}</p><p>{escape(question.because.describe(t.language))}</p>"
    else:
        room = f"{_support(step, question, t)}{draw_room(question, t)}{_sure(t)}"
    return (
        f"<section>{_head(screen, place, t)}{look}{draw_scene(paper, revealed=worked)}{ask}{room}"
        f"{_saw(step, item_seed(lesson, place, seed), t) if _is_seen(step, question) else ''}</section>"
    )


def _support(step: LessonStep | None, question: Question, t: Text) -> str:
    """Return the way without its last number where it is half given."""
    if step is None or step.support != "half":
        return ""
    way = way_without_result(question)
    said = in_language(step.hint, t.language) if step.hint else way.describe(t.language) if way else ""
    return f"<p>{escape(said)}</p>"


def _sure(t: Text) -> str:
    view = load("question_view", t.language)
    steps = "　".join(f"☐ {escape(view(f'sure.{step}'))}" for step in (1, 2, 3))
    return f'<p class="sure">{escape(view("sure.label"))} {steps}</p>'


def _is_seen(step: LessonStep | None, question: Question) -> bool:
    """Return whether the student's page shows all that there is to see: not where the layer's output is the key's."""
    worked = step is not None and step.support == "worked"
    return worked or bool(question.scene.curves or question.scene.maps)


def _saw(step: LessonStep | None, seed: int, t: Text) -> str:
    if step is None or not step.saw:
        return ""
    order = Draw("saw", seed).shuffled(range(len(step.saw)))
    choices = "".join(f"<li>{escape(in_language(step.saw[at], t.language))}</li>" for at in order)
    return f'<p class="sure">{escape(t("saw"))}</p><ul class="choices">{choices}</ul>'


def _solved(lesson: Lesson, place: int, screen: Screen, question: Question | None, t: Text) -> str:
    """Return what the key says about a screen."""
    if screen.kind == "why" and lesson.why is not None:
        return f"<section>{_head(screen, place, t)}<p>{escape(in_language(lesson.why[1], t.language))}</p></section>"
    if question is None:
        return ""
    step = screen.step
    wrong = "".join(f"<li>{escape(one.why.describe(t.language))}</li>" for one in question.wrong)
    paper = PaperQuestion(question, traced_item(item_of(lesson, screen)), step.picture if step else "maps", t)
    shown = "" if _is_seen(step, question) else draw_result(paper)
    said = [in_language(words, t.language) for words in (*(step.saw[:1] if step else ()),) if words]
    said += [in_language(step.contrast, t.language)] if step and step.contrast else []
    more = "".join(f"<p>{escape(words)}</p>" for words in said)
    return (
        f"<section>{_head(screen, place, t)}<p><strong>{draw_right(question, t)}</strong></p>"
        f"<p>{escape(question.because.describe(t.language))}</p>"
        f'<p class="sure">{escape(t("mistakes"))}</p><ul class="wrong">{wrong}</ul>{shown}{more}</section>'
    )


def draw_sheet(sheet: NumberSheet, t: Text, *, solved: bool) -> str:
    """Return the worksheet of one real number on a page of its own, products and sums blank or worked out."""
    channel, row, column = sheet.unit
    blocks = []
    for block in sheet.blocks:
        products: Sequence[Sequence[float | None]] = block.products
        if not solved:
            products = [[None for _ in line] for line in block.products]
        total = number_text(round(sum(sum(block.products, ())), 4)) if solved else '<span class="line"></span>'
        added = t("labelled", label=escape(t("sheet.sum")), value=total)
        blocks.append(
            f"<section><p>{escape(t('sheet.channel', channel=block.channel))}</p>"
            f"{table(t('sheet.window'), block.window)}<span class=sign>×</span>"
            f"{table(t('sheet.kernel'), block.kernel)}<span class=sign>=</span>"
            f"{table(t('sheet.products'), products)}<span class=sign>{added}</span></section>"
        )
    own = number_text(round(sheet.value, 4))
    last = (
        ("bias", number_text(round(sheet.bias or 0.0, 4))),
        ("result", own if solved else '<span class="line"></span>'),
        ("own", own),
    )
    end = "　".join(t("labelled", label=escape(t(f"sheet.{name}")), value=value) for name, value in last)
    return (
        f'<div class="sheet"><h1>{escape(t("sheet.title", layer=sheet.layer, network=sheet.network))}</h1>'
        f"<p>{escape(t('sheet.unit', channel=channel, row=row, column=column))} {escape(t('sheet.how'))}</p>"
        f"{''.join(blocks)}<p>{end}</p></div>"
    )
