"""The counts: labels against predictions, or the four outcomes of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnviz.text import Text
from cnnviz.ui.mistakes import component, place

if TYPE_CHECKING:
    from cnnviz.train.predictions import Predictions
    from cnnviz.ui.mistakes.place import Place


def draw(answers: Predictions, here: Place, rows: list[str], columns: list[str], t: Text) -> None:
    """The table of counts, each a button that leads to its images."""
    component.draw_matrix(payload(answers, here, rows, columns, t), "counts", place.go)


def payload(answers: Predictions, here: Place, rows: list[str], columns: list[str], t: Text) -> dict[str, Any]:
    """What the browser draws; `share` is a count's part of its row, in [0, 1]."""
    kind = "several" if answers.several else "single"
    counts = []
    for y, line in enumerate(answers.confusion().tolist()):
        total = max(1, sum(line))
        counts.append(
            [
                {
                    "count": count,
                    "share": count / total,
                    "right": x in (0, 3) if answers.several else x == y,
                    "label": t(f"cell.{kind}", row=rows[y], column=columns[x], count=count),
                }
                for x, count in enumerate(line)
            ]
        )
    return {
        "rows": rows,
        "columns": columns,
        "counts": counts,
        "words": {"caption": t(f"counts.{kind}")},
        "chosen": None if here.row is None or here.column is None else [here.row, here.column],
    }
