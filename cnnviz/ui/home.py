"""The markup of the first page: one real trace as a row of pictures, drawn without torch or Plotly."""

from html import escape

from cnnviz.facts import Facts, StepFacts
from cnnviz.text import Text

_STYLE = """<style>
.cv-walk { display: flex; flex-wrap: wrap; gap: 1.25rem 0.5rem; margin: 0; padding: 0; list-style: none; }
.cv-walk li { display: flex; align-items: flex-start; gap: 0.5rem; margin: 0; }
.cv-walk li:not(:last-child)::after { content: "→"; opacity: 0.45; font-size: 1.4rem; line-height: 96px; }
.cv-walk figure { margin: 0; width: 8.2rem; }
.cv-walk .cv-frame { height: 96px; display: flex; align-items: center; justify-content: center; }
.cv-walk img { image-rendering: pixelated; max-width: 100%; max-height: 96px; border-radius: 2px; }
.cv-walk figcaption { text-align: center; font-size: 0.8rem; line-height: 1.35; margin-top: 0.4rem; }
.cv-walk figcaption b { display: block; font-size: 0.95rem; }
.cv-walk figcaption span { display: block; opacity: 0.75; }
</style>"""


def walk_markup(facts: Facts, t: Text) -> str:
    """The digit and the output of each layer of LeNet as an ordered list of captioned pictures."""
    first = facts.steps[0]
    image = _figure(facts.image, t("steps.alt_input", label=facts.label, size=first.shape[-1]),
                    [t("steps.input"), "1×28×28"])
    rows = "".join(f"<li>{_figure(step.picture, _alt(step, t), _caption(step, t))}</li>" for step in facts.steps)
    return f'{_STYLE}<ol class="cv-walk" aria-label="{escape(t("steps.label"))}"><li>{image}</li>{rows}</ol>'


def _caption(step: StepFacts, t: Text) -> list[str]:
    sees = t("steps.sees_all") if step.sees is None else t("steps.sees", size=step.sees)
    learned = t("steps.params", count=step.num_params) if step.num_params else t("steps.no_params")
    return [step.name, "×".join(map(str, step.shape)), sees, learned]


def _alt(step: StepFacts, t: Text) -> str:
    return t("steps.alt", name=step.name, shape="×".join(map(str, step.shape)), low=step.low, high=step.high)


def _figure(picture: str, alt: str, caption: list[str]) -> str:
    name, *lines = caption
    spans = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return (f'<figure><div class="cv-frame"><img src="{picture}" alt="{escape(alt)}"></div>'
            f"<figcaption><b>{escape(name)}</b>{spans}</figcaption></figure>")
