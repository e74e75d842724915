"""What an experiment's runs have come to, as its answer reads it."""

import json
from math import log, nan
from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.figures.curves import RunCurves, learning_curves
from cnnviz.runs.folder import write_state
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.store import RunStore
from cnnviz.text import load
from cnnviz.text.numbers import percent
from cnnviz.train.ranking import RankedSetting, rank
from cnnviz.ui.pages.studio.experiment_answer import common_seeds, loss_top, setting_of, table
from cnnviz.ui.pages.studio.experiment_runs import ExperimentPlan
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS


def _run(name: str, setting: str, *losses: float) -> RunCurves:
    epochs = list(range(1, len(losses) + 1))
    return RunCurves(name, epochs, losses, losses, epochs, losses, losses, setting)


@pytest.mark.parametrize(
    ("losses", "top"), [((2.3, 0.1), None), ((), None), ((nan, 9.2), None), ((1e20, 2.3), 2 * log(10))]
)
def test_the_axis_of_the_loss_ends_at_twice_guessing_where_one_explodes(
    losses: tuple[float, ...], top: float | None
) -> None:
    runs = [_run("a", "", 2.3, 0.5), _run("b", "", *losses)]
    assert loss_top(runs, 10) == top
    axis = learning_curves(runs, "loss", load("pages/studio"), top=top).layout.yaxis
    assert axis.range == (None if top is None else (0, top))


def test_the_seeds_of_one_setting_share_colour_shape_and_a_name_at_the_end() -> None:
    runs = [_run(f"{setting} {seed}", setting, 2.0, 1.0) for setting in ("a", "b") for seed in range(3)]
    figure = learning_curves(runs, "loss", load("pages/studio"))
    assert len(figure.data) == 12
    assert not any(line.showlegend for line in figure.data)
    assert {line.name for line in figure.data} >= {"a", "b"}
    assert len({(line.line.color, line.marker.symbol) for line in figure.data}) == 2
    assert {line.line.width for line in figure.data} == {1}
    assert learning_curves([_run("a", "", 1.0)], "loss", load("pages/studio")).data[0].line.width == 2


def test_settings_beyond_the_colours_have_a_shape_of_their_own() -> None:
    runs = [_run(str(index), str(index), 1.0) for index in range(12)]
    looks = {(line.line.color, line.marker.symbol) for line in learning_curves(runs, "loss", load("pages/studio")).data}
    assert len(looks) == 12


def test_settings_are_compared_from_the_seeds_that_all_have_a_result_from(tmp_path: Path) -> None:
    store, forms = RunStore(tmp_path), EXPERIMENTS["pooling"]
    asked = ExperimentPlan(forms, 3, 22, True, 60.0)
    runs = {}
    for form, seed, status in (
        ("avg", 0, "finished"),
        ("avg", 1, "finished"),
        ("avg", 2, "cancelled"),
        ("max", 1, "finished"),
        ("max", 2, "finished"),
    ):
        record = store.create(RunPlan.parse(forms[form].plan(seed)))
        write_state(record.folder, status, test_accuracy=0.9 + seed / 100)
        runs[form, seed] = store.find(record.id)
    assert common_seeds(asked, runs) == [1]
    assert setting_of("average", [runs["avg", 0], runs["avg", 1]]) == RankedSetting("average", (0.9, 0.91), 599, 10)
    del runs["max", 1]
    assert common_seeds(asked, runs) == []


def test_a_loss_that_is_no_number_is_a_result_without_an_accuracy(tmp_path: Path) -> None:
    store, form = RunStore(tmp_path), EXPERIMENTS["dropout"]["with"]
    record = store.create(RunPlan.parse(form.plan()))
    reason = UserError("train_not_finite", step=1, epoch=1, rate=1, smaller=0.1)
    write_state(record.folder, "failed", reason, test_accuracy=0.5)
    assert setting_of("dropout", [store.find(record.id)]) == RankedSetting(
        "dropout", (None,), 200, 10
    )  # of its first images


def test_the_table_says_after_which_epoch_a_setting_was_above_guessing(tmp_path: Path) -> None:
    store, form = RunStore(tmp_path), EXPERIMENTS["pooling"]["avg"]
    records = []
    # guessing: at most 0.1 + 1.96 · √(0.1 · 0.9 / 599) = 0.1240
    for seed, tests in enumerate([(0.10, 0.124, 0.5), (0.3, 0.4, 0.5), (0.1, 0.1, 0.1)]):
        record = store.create(RunPlan.parse(form.plan(seed)))
        lines = [
            {"event": "epoch", "epoch": epoch, "step": epoch, "test_accuracy": share, "train_accuracy": share}
            for epoch, share in enumerate(tests, 1)
        ]
        (record.folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        write_state(record.folder, "finished", test_accuracy=tests[-1])
        records.append(store.find(record.id))
    t = load("verdict")
    for count, said in ((1, "3"), (2, "1 … 3"), (3, "1 … –")):
        setting = setting_of("average", records[:count])
        shown = table([setting], rank([setting]), {"average": records[:count]}, t)
        assert list(shown[t("table.first")]) == [said]
    assert list(shown[t("table.each")]) == ["50%, 50%, 10%"]
    assert list(shown[t("table.train")]) == [percent(1.1 / 3)]
