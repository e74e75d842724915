"""Generators about the mistakes of a trained network: its confusion matrix."""

from collections.abc import Callable, Sequence

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import Response
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene, ShownGrid
from cnnviz.lessons.questions.sentence import Sentence

TOPIC = "questions/mistakes"
MOST_CLASSES = 12
FEWEST = 2
"""Images of the likeliest mistake, which the next likeliest has fewer of."""


def _draw_class(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A class one of whose mistakes is the likeliest."""
    matrix = network.confusion
    if not 3 <= len(matrix) <= MOST_CLASSES or network.layer:
        raise NotApplicable("question_none", network=network.title)
    true = draw.below(len(matrix))
    facts = {"matrix": {"rows": matrix}, "names": {"each": network.classes}, "true": true}
    counts = sorted(_mistakes(matrix[true], true))
    if counts[-1] < FEWEST or counts[-1] == counts[-2]:
        return None
    return {
        **facts,
        "class": network.classes[true],
        "count": counts[-1],
        "images": sum(matrix[true]),
    }


def _mistakes(row: Sequence[int], true: int) -> list[int]:
    return [count for at, count in enumerate(row) if at != true]


def _most(facts: Facts, count: Callable[[int], int]) -> Response:
    """Return the class, other than the true one, of the largest count."""
    others = [at for at in range(len(facts["matrix"]["rows"])) if at != facts["true"]]
    return max(others, key=count)


LIKELIEST_MISTAKE = Generator(
    name="likeliest-mistake",
    topic=TOPIC,
    draw=_draw_class,
    right=lambda f: _most(f, lambda at: f["matrix"]["rows"][f["true"]][at]),
    wrong={
        "matrix_transposed": lambda f: _most(f, lambda at: f["matrix"]["rows"][at][f["true"]]),
        "most_predicted_overall": lambda f: _most(f, lambda at: sum(row[at] for row in f["matrix"]["rows"])),
        "worst_class_overall": lambda f: _most(f, lambda at: sum(_mistakes(f["matrix"]["rows"][at], at))),
    },
    form=lambda f, values: by_value(values, lambda at: f["names"]["each"][at]),
    link=lambda f: PageLink("mistakes", {"true": str(f["true"])}),
    scene=lambda f: Scene(
        grids=(ShownGrid(Sentence(TOPIC, "matrix"), tuple(tuple(map(float, row)) for row in f["matrix"]["rows"])),)
    ),
    difficulty=Difficulty(level=2, largest=MOST_CLASSES, cells=MOST_CLASSES**2),
    least=1,
)

GENERATORS = (LIKELIEST_MISTAKE,)
