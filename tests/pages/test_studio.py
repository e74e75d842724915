"""The training page starts real runs, follows them to their end, and refuses in sentences."""

import json
import re
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Selectbox

from cnnviz.checkpoints import checkpoint
from cnnviz.definitions import from_link, parse_pytorch, to_link
from cnnviz.errors import UserError
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.folder import write_state
from cnnviz.runs.limits import limits
from cnnviz.runs.recorded_step import read_step
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import RunRecord
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from cnnviz.text import LANGUAGES, load
from cnnviz.text.numbers import percent
from cnnviz.trace.explain.formula_text import format_number
from cnnviz.train.ranking import RankedSetting, rank
from cnnviz.train.weight_step import gradient_sum, weight_update
from cnnviz.ui.core.markdown import error_markdown, escape_markdown
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import batch_size_hint, experiment_runs, links, page, questions
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS, ExperimentForm
from cnnviz.ui.pages.studio.verdict_words import describe_ranking
from tests.runs.details import read_details
from tests.runs.tiny import curve, history

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "train" / "studio.py"
WAIT = 90.0
"""Seconds that a tiny run may take on a busy machine, the start of its process included."""


@pytest.fixture(scope="module", autouse=True)
def _runs_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One queue for all tests, because its process takes seconds to load its libraries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.delenv("CNNVIZ_PROFILE", raising=False)
        yield
        run_queue.shared_queue().close()
        st.cache_resource.clear()


@pytest.fixture(autouse=True)
def _no_run_is_left() -> Iterator[None]:
    yield
    until = time.monotonic() + WAIT
    while left := RunStore().runs():
        try:
            run_queue.shared_queue().delete(left[0].id)
        except UserError:  # its process is still loading its libraries
            assert time.monotonic() < until


def _open(visitor: str = "", **query: str) -> AppTest:
    app = (
        AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=90).run().switch_page(str(PAGE))
    )
    for name, value in query.items():
        app.query_params[name.replace("set_", "set.")] = value
    if "lang" in query:
        app.session_state["lang"] = query["lang"]
    if visitor:
        app.session_state["browser.key"] = visitor
    app.run()
    assert not app.exception
    return app


def _ended(app: AppTest) -> AppTest:
    until = time.monotonic() + WAIT
    while any(
        json.loads(path.read_text())["status"] in ("waiting", "starting", "running")
        for path in RunStore().root.glob("*/state.json")
    ):
        assert time.monotonic() < until
        time.sleep(0.2)
    app.run()
    assert not app.exception
    return app


def test_the_page_opens_on_the_recorded_example_and_goes_on_to_the_first_run() -> None:
    t = load("pages/studio")
    app = _open(**TINY)
    assert t("example.question") in [header.value for header in app.header]
    assert "run" not in app.query_params
    app.button(key="one").click().run()
    app = _ended(app)
    (run,) = RunStore().runs()
    assert t("example.question") not in [header.value for header in app.header]
    _menu(app).set_value("example").run()
    assert t("example.question") in [header.value for header in app.header]
    assert "example" in app.query_params["run"]
    assert not any(button.key == "do.resume" for button in app.button)
    _menu(app).set_value(run.id).run()
    assert t("example.question") not in [header.value for header in app.header]
    assert any(button.key == "do.resume" for button in app.button)
    later = _open(run="example")
    assert t("example.question") in [header.value for header in later.header]
    assert not later.warning


def test_a_question_beside_the_curves_leads_to_its_experiment_and_says_what_it_takes() -> None:
    t = load("pages/studio")
    app = _open()
    listed = [button for button in app.button if str(button.key).startswith("question.")]
    assert set(questions.LISTED) <= set(EXPERIMENTS)
    assert [button.label.split("**")[1] for button in listed] == [
        t(f"experiment.{name}.title") for name in questions.LISTED
    ]
    asked = experiment_runs.plan_experiment(EXPERIMENTS["pooling"], limits())
    cost = t("questions.cost", runs=len(asked.plans()), time=describe_duration(asked.seconds, t))
    assert cost in app.button(key="question.pooling").label
    app.button(key="question.pooling").click().run()
    assert app.session_state["experiment"] == "pooling"
    assert t("experiment.pooling.question") in [said.value for said in app.markdown]
    assert "pooling" in app.query_params["experiment"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_group_of_the_menu_and_the_button_are_called_differently(language: str) -> None:
    assert load("pages/studio", language)("train") != load("shell", language)("group.train")


def test_the_button_says_about_how_long_the_run_takes() -> None:
    t = load("pages/studio")
    app = _open()
    assert re.fullmatch(re.escape(t("train_about", time="_")).replace("_", r"\d+ s"), app.button(key="train").label)
    more = _open(set_epochs="40").button(key="train").label
    assert more != app.button(key="train").label


TINY = {"limit": "64", "set_epochs": "2", "set_batch_size": "16"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str) -> None:
    app = _open(lang=language)
    assert app.title[0].value == load("pages/studio", language)("title")
    assert not app.error


def _settings(app: AppTest, *names: str) -> list[object]:
    return [app.session_state[f"set.{name}"] for name in names]


def test_settings_that_learn_the_images_stand_there_at_first_and_the_courses_are_one_click_away() -> None:
    app = _open()
    names = ("optimizer", "learning_rate", "batch_size", "epochs")
    assert _settings(app, *names) == ["adam", 0.005, 32, 20]
    app.segmented_control(key="settings").set_value("course").run()
    assert _settings(app, *names) == ["sgd", 0.9, 256, 10]
    t = load("pages/studio")
    # ten epochs of 235 minibatches on Fashion-MNIST, of 5 here
    assert t("course.few", theirs="2,350", ours="50") in [said.value for said in app.caption]
    assert "course" in app.query_params["settings"]
    app.selectbox(key="net").set_value("resnet").run()
    assert app.number_input(key="set.learning_rate").value == 0.05
    app.segmented_control(key="settings").set_value("quick").run()
    assert _settings(app, "optimizer") == ["adam"]
    assert "settings" not in app.query_params


def _lenet(app: AppTest) -> list[object]:
    return [app.session_state[f"lenet.{name}"] for name in ("pool", "activation")]


def test_the_network_options_begin_with_a_form_that_learns_the_dataset_until_the_courses_settings_are_chosen() -> None:
    app = _open(data="shapes")
    assert _lenet(app) == ["max", "relu"]
    assert not {"lenet.pool", "lenet.activation"} & set(app.query_params)
    form = ("Pooling = maximum", "Activation = ReLU")
    t = load("pages/studio")
    said = [caption.value for caption in app.caption]
    assert t("base.form", network="LeNet", options=escape_markdown(t.listed(form))) in said
    app.segmented_control(key="settings").set_value("course").run()
    assert _lenet(app) == ["avg", "sigmoid"]
    app.segmented_control(key="settings").set_value("quick").run()
    assert _lenet(app) == ["max", "relu"]
    app.selectbox(key="data").set_value("digits").run()
    assert _lenet(app) == ["avg", "sigmoid"]


def test_an_option_that_a_link_or_the_user_sets_stays_whatever_the_dataset() -> None:
    app = _open(data="shapes", **{"lenet.activation": "sigmoid"})
    assert _lenet(app) == ["max", "sigmoid"]
    assert "sigmoid" in app.query_params["lenet.activation"]
    app.segmented_control(key="lenet.pool").set_value("avg").run()
    assert _lenet(app) == ["avg", "sigmoid"]
    app.run()
    assert _lenet(app) == ["avg", "sigmoid"]


def test_a_network_of_ones_own_is_adapted_to_a_set_by_one_click() -> None:
    text = "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(2704, 10))"
    app = _open(net="own", own=str(to_link(parse_pytorch(text, (1, 28, 28)))), data="shapes")
    assert "3 ≠ 1" in app.error[0].value
    button = next(one for one in app.button if one.key == "own.adapt")
    assert "out\\_features 10 → 4" in button.label
    button.click().run()
    assert not app.exception
    assert not app.error
    assert app.session_state["set.image_size"] == 28
    changed = from_link(str(app.session_state["own"]))
    assert [dict(node.settings).get("in_channels") for node in changed.nodes] == [3, None, None]


def test_a_choice_between_the_two_settings_takes_back_what_was_changed_by_hand() -> None:
    app = _open()
    app.number_input(key="set.epochs").set_value(3).run()
    assert "quick" in app.query_params["settings"]
    assert "3" in app.query_params["set.epochs"]
    app.segmented_control(key="settings").set_value("course").run()
    assert app.number_input(key="set.epochs").value == 10
    assert "set.epochs" not in app.query_params


def test_a_link_that_names_settings_alone_means_the_courses_others() -> None:
    app = _open(set_epochs="3")
    assert _settings(app, "optimizer", "learning_rate", "epochs") == ["sgd", 0.9, 3]
    later = _open(set_epochs="3", settings="quick")
    assert _settings(later, "optimizer", "learning_rate", "epochs") == ["adam", 0.005, 3]


@pytest.mark.parametrize(
    ("data", "limit", "key"), [("fashion_mnist", "0", "own"), ("mnist", "0", "other"), ("fashion_mnist", "100", "few")]
)
def test_the_courses_settings_say_what_to_expect_of_them(data: str, limit: str, key: str) -> None:
    app = _open(data=data, limit=limit, settings="course")
    ours = {"own": "", "other": "2,350", "few": "10"}[key]  # one batch of 100 images an epoch
    assert load("pages/studio")(f"course.{key}", theirs="2,350", ours=ours) in [said.value for said in app.caption]


def test_a_run_starts_ends_and_leaves_its_curves() -> None:
    app = _open(**TINY)
    app.button(key="train").click().run()
    assert not app.exception
    assert not app.error
    app = _ended(app)
    (run,) = RunStore().runs()
    assert (run.status, run.step, run.epoch) == ("finished", 8, 2)
    assert run.id in app.query_params["run"]
    assert app.session_state["sight.run"] == 1  # brought into sight
    assert any(run.id[:4] in said.value for said in app.markdown)
    later = _open(run=run.id, at="3", inside="maps", log="1", smooth="0.9", **{"layer.of": "conv2", "test.image": "5"})
    _starts_again_where_it_stands(later)
    later = _open(run=run.id, at="3", inside="maps")  # left, and come back to a step
    assert _menu(later).value == run.id
    assert later.slider(key="at").value == 3
    said = [caption.value for caption in later.caption]
    assert any(text.startswith("After minibatch 3 (epoch 0.75)") for text in said)
    assert any("the output of **conv1** after minibatch 3" in text for text in said)
    shown = later.session_state["layer.of"]
    later.slider(key="at").set_value(0).run()
    later.selectbox(key="layer.of").set_value("fc3").run()
    assert not later.error
    assert (shown, later.slider(key="at").value) == ("conv1", 0)
    assert percent(run.test_accuracy) in [metric.value for metric in later.metric]
    speed = load("pages/studio")("table.speed")
    table = next(table.value for table in later.dataframe if speed in table.value)
    assert f"{table[speed].iloc[0]:,}" == f"{run.images_per_second:,.0f}"
    assert f"{run.images_per_second:,.0f}" in [metric.value for metric in later.metric]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_that_is_where_guessing_is_says_so_beside_its_numbers(language: str) -> None:
    plan = RunPlan.parse(
        {"architecture": "lenet", "limit": 16, "settings": {"epochs": 1, "batch_size": 16, "threads": 1}}
    )
    record = RunStore().create(plan)
    train_run(record.folder, plan, CommandQueue(), limits())
    lines = (record.folder / "metrics.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    stays = {"train_loss": 2.31, "plateau": {"kind": "loss", "chance": 2.302585}}
    changed = [event | stays if event["event"] == "epoch" else event for event in events]
    (record.folder / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in changed))
    app = _open(run=record.id, lang=language, inside="nothing")
    sentence = load("runs", language)("plateau.loss", loss="2.310", chance="2.303")
    assert any(said.value.startswith(sentence) for said in app.info)


@pytest.mark.parametrize("node", ["", "alpha"])
def test_a_run_of_a_cluster_says_on_which_node_it_trains(node: str) -> None:
    plan = RunPlan.parse({"architecture": "lenet", "limit": 16, "settings": {"epochs": 1, "batch_size": 16}})
    record = RunStore().create(plan)
    write_state(record.folder, "paused", node=node)
    said = [caption.value for caption in _open(run=record.id, inside="nothing").caption]
    assert any("alpha" in line for line in said) == bool(node)


def _menu(app: AppTest) -> Selectbox:
    return next(menu for menu in app.selectbox if menu.label == load("pages/studio")("run.label"))


def _starts_again_where_it_stands(app: AppTest) -> None:
    """A browser that loads a widget only after the second drawing begins with what the page gave as its default."""
    app.run()
    given = {
        "at": 3,
        "smooth": links.SMOOTHING.index(0.9),
        "log": True,
        "test.image": 5,
        "layer.of": app.selectbox(key="layer.of").options.index("conv2"),
    }
    for kind, key in (
        ("slider", "at"),
        ("selectbox", "smooth"),
        ("toggle", "log"),
        ("number_input", "test.image"),
        ("selectbox", "layer.of"),
    ):
        widget = getattr(app, kind)(key=key).proto
        assert not widget.set_value  # what is given to a browser that knows the widget
        assert (widget.default[0] if kind == "slider" else widget.default) == given[key], key
    assert list(app.segmented_control(key="inside").proto.default) == [links.INSIDE.index("maps")]


def test_a_click_that_is_told_twice_starts_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    class Counting:
        def submit(self, given: object, visitor: str, name: str, *others: object) -> SimpleNamespace:
            begun.append(name)
            return SimpleNamespace(id="0" * 24)

    def click() -> None:
        from cnnviz.ui.inputs import run_queue

        ticket = run_queue.current_ticket()
        for _ in range(2):
            run_queue.start_runs(("a", {}), ("b", {}), ticket=ticket)

    monkeypatch.setattr(run_queue, "shared_queue", Counting)
    app = AppTest.from_function(click, default_timeout=60).run()
    assert not app.exception
    assert begun == ["a", "b"]
    app.run()  # drawn anew, a click counts again
    assert begun == ["a", "b"] * 2


def test_one_minibatch_then_it_rests_and_can_be_deleted() -> None:
    app = _open(**TINY)
    app.button(key="one").click().run()
    app = _ended(app)
    (run,) = RunStore().runs()
    assert (run.status, run.step) == ("paused", 1)
    app.segmented_control(key="inside").set_value("minibatch").run()
    assert not app.error
    (look,) = read_details(run.folder)
    layers = next(table.value for table in app.dataframe if "Gradient norm" in table.value)
    assert list(layers["Layer"]) == [layer["name"] for layer in look["layers"] if layer["gradient_norm"] is not None]
    assert f"loss **{look['loss']:.4g}** before the update" in " ".join(said.value for said in app.markdown)
    said = " ".join(markdown.value for markdown in app.markdown)
    recorded = read_step(run.folder)
    layer = recorded.layers[0]
    place = int(layer.gradient.abs().argmax()) % 25  # one input channel: its place in the kernel
    assert f"in row {place // 5} and column {place % 5} of the kernel" in said
    *_, last = weight_update(
        layer, (int(layer.gradient.abs().argmax()) // 25, 0, place // 5, place % 5), run.plan.config, 0.9
    )
    assert f"= **{format_number(last.numbers['w_new'])}** = w′" in said
    _one_weight_follows_its_link(run)
    name = run.title
    app.button(key="delete").click().run()
    assert not app.exception
    assert RunStore().runs() == ()
    assert load("pages/studio")("delete.done", name=escape_markdown(name)) in [said.value for said in app.markdown]
    app.button(key="undo").click().run()
    assert not app.exception
    assert [record.id for record in RunStore().runs()] == [run.id]
    assert _menu(app).value == run.id
    assert not any(button.key == "undo" for button in app.button)


def _one_weight_follows_its_link(run: RunRecord) -> None:
    app = _open(run=run.id, inside="minibatch", weight="2,0,4,1", **{"look.at": "conv2"})
    layer = next(layer for layer in read_step(run.folder).layers if layer.name == "conv2")
    said = " ".join(markdown.value for markdown in app.markdown)
    t = load("pages/studio")
    assert t("weight.kernel", output=2, input=0, row=4, column=1) in said
    assert t("weight.after", after=format_number(float(layer.after[2, 0, 4, 1]))) in said
    sums = next(table.value for table in app.dataframe if "δ·x" in table.value)
    assert sums["δ·x"].iloc[-1] == format_number(gradient_sum(layer, (2, 0, 4, 1)).total)
    assert "2,0,4,1" in app.query_params["weight"]


def test_a_run_obeys_every_button_while_it_rests() -> None:
    app = _open(**TINY)
    app.button(key="one").click().run()
    app = _ended(app)
    (run,) = RunStore().runs()

    def until(true: Callable[[RunRecord], bool]) -> None:
        end = time.monotonic() + WAIT
        while not true(RunStore().find(run.id)):
            assert time.monotonic() < end, RunStore().find(run.id)
            time.sleep(0.05)
        app.run()
        assert not app.error
        assert not app.exception

    def rate() -> NumberInput:
        return next(field for field in app.number_input if field.label == load("pages/studio")("rate.label"))

    keys, menu = {rate().key}, _menu(app).key
    rate().set_value(-3.0).run()
    assert [len(app.error), rate().value] == [1, 0.9]  # refused beside the rate that holds
    keys.add(rate().key)
    rate().set_value(0.25).run()
    until(lambda record: history(record.folder).changes == [(1, 0.25)])
    named = RunStore().find(run.id).name
    assert named.endswith("η=0.9 → 0.25")
    assert named == run.name + " → 0.25"
    assert _menu(app).options[0].startswith(named)
    assert _menu(app).key != menu  # else a browser goes on showing the old name
    app.button(key="do.epoch").click().run()
    until(lambda record: (record.status, record.step, record.epoch) == ("paused", 4, 1))
    assert list(history(run.folder).steps["learning_rate"]) == [0.9, 0.25, 0.25, 0.25]
    app.button(key="do.rewind").click().run()
    until(lambda record: (record.status, record.step) == ("paused", 0))
    assert RunStore().find(run.id).name == run.name
    assert rate().value == 0.9
    assert rate().key not in keys
    app.button(key="do.step").click().run()
    until(lambda record: (record.status, record.step) == ("paused", 1))
    stood = _menu(app).key
    app.button(key="do.again").click().run()
    _ended(app)
    assert _menu(app).key != stood  # what a slow browser still sends for the menu it knows is not the reader's choice
    assert _menu(app).value in app.query_params["run"]
    again = next(record for record in RunStore().runs() if record.id != run.id)
    assert (again.plan.config.seed, again.name) == (run.plan.config.seed + 1, run.name)
    assert _menu(app).value == again.id
    assert curve(again.folder)[0] != curve(run.folder)[0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("learning_rate", 0.0), ("learning_rate", -1.0), ("learning_rate", 1e9), ("batch_size", 5000), ("epochs", 0)],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(setting: str, value: float) -> None:
    app = _open()
    app.number_input(key=f"set.{setting}").set_value(value).run()
    app.button(key="train").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert setting not in app.error[0].value.replace("\\", "")  # it is called as its field is
    assert "sight.run" not in app.session_state  # nobody is led away from the sentence
    assert RunStore().runs() == ()


def test_a_damaged_download_is_one_sentence_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "none"))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: BytesIO(b"<html>sign in</html>"))
    run = RunStore().create(RunPlan.parse({"dataset": "fashion_mnist", "architecture": "lenet"}))
    status, reason = train_run(run.folder, run.plan, CommandQueue(()), limits())
    assert (status, reason.key) == ("failed", "data_download")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len({reason.describe(language) for language in LANGUAGES}) == len(LANGUAGES)
    app = _open(run=run.id, lang="zh-Hans")
    assert error_markdown(reason, "zh-Hans") in [warning.value for warning in app.warning]
    assert not app.button(key="train").disabled
    assert not app.error


def test_a_network_too_large_to_be_kept_along_the_way_is_named_before_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = load("pages/studio")("kept.none", megabytes=1)
    assert said not in [caption.value for caption in _open().caption]
    monkeypatch.setenv("CNNVIZ_HISTORY_MB", "1")
    assert said not in [caption.value for caption in _open().caption]  # twice LeNet's 0.25 MB
    assert said in [caption.value for caption in _open(net="resnet").caption]


ANNE, BERT = "a" * 32, "b" * 32


def test_on_a_shared_server_a_run_is_its_visitors_and_its_link_only_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    assert _open().button(key="train").disabled  # the browser has told no key yet
    anne = _open(visitor=ANNE, **TINY)
    anne.button(key="one").click().run()
    assert not anne.error
    store = RunStore()
    (run,) = store.runs(ANNE)
    assert ANNE not in str(anne.query_params)
    _ended(anne)
    assert load("pages/studio")("example.question") in [header.value for header in _open(visitor=BERT).header]
    bert = _open(visitor=BERT, run=run.id)
    assert load("pages/studio")("read_only") in [caption.value for caption in bert.caption]
    assert {"do.resume", "delete"}.isdisjoint(button.key for button in bert.button)
    assert store.runs(BERT) == ()
    run_queue.shared_queue().close()
    monkeypatch.delenv("CNNVIZ_PROFILE")


@pytest.mark.parametrize(
    "query", [{"run": "nonsense"}, {"run": "0" * 24}, {"also": "x"}, {"set_epochs": "-3"}, {"experiment": "x"}]
)
def test_a_wrong_link_falls_back_with_a_note(query: dict[str, str]) -> None:
    app = _open(**query)
    assert app.warning
    assert not app.error


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_within_the_limits_of_a_shared_server(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    asked = experiment_runs.plan_experiment(EXPERIMENTS[name], limits())
    assert 2 <= len(asked.forms) <= len(asked.plans()) <= limits().concurrent + limits().waiting
    plans = [RunPlan.parse(plan) for _, _, plan in asked.plans()]
    assert len({repr(plan) for plan in plans}) == len(plans)
    for plan in plans:
        limits().check(plan)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_says_what_it_asks_and_names_its_runs(name: str, language: str) -> None:
    t = load("pages/studio", language)
    labels = [t(f"experiment.{name}.{place}") for place in EXPERIMENTS[name]]
    assert len({t(f"experiment.{name}.question"), t(f"experiment.{name}.title"), *labels}) == len(labels) + 2


FORMS = {
    "avg": ExperimentForm(limit=32, settings={"epochs": 1}),
    "max": ExperimentForm({"pool": "max"}, {"epochs": 1}, limit=32),
}


def test_a_link_opens_an_experiment_and_the_button_trains_every_setting_from_every_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(page.__dict__, "EXPERIMENTS", {"activation": FORMS, "pooling": FORMS})
    t, words = load("pages/studio"), load("verdict")
    app = _open(experiment="pooling")
    assert t("experiment.pooling.question") in [said.value for said in app.markdown]
    said = words("plan.several", runs=6, settings=2, seeds=3)
    assert any(caption.value.startswith(said) for caption in app.caption)
    app.button(key="experiment.start").click().run()
    assert app.button(key="experiment.start").disabled
    app = _ended(app)
    app.run()
    runs = {run.name: run for run in RunStore().runs()}
    names = [f"{setting}, seed {seed}" for setting in ("average pooling", "max pooling") for seed in range(3)]
    assert sorted(runs) == names
    assert {run.plan.config.threads for run in runs.values()} == {1}
    assert runs["average pooling, seed 0"].id in app.query_params["run"]
    assert runs["max pooling, seed 0"].id in app.query_params["also"]
    later = _open(experiment="pooling")  # all that is needed is found again
    average, largest = (tuple(runs[name].test_accuracy for name in names[at : at + 3]) for at in (0, 3))
    ranking = rank([RankedSetting("average pooling", average, 32, 10), RankedSetting("max pooling", largest, 32, 10)])
    assert describe_ranking(ranking, words) in [said.value for said in later.info]
    shown = next(table.value for table in later.dataframe if words("table.each") in table.value)
    assert list(shown[words("table.each")]) == [", ".join(map(percent, each)) for each in (average, largest)]


def test_whoever_gets_the_link_of_an_experiment_sees_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    monkeypatch.setitem(page.__dict__, "EXPERIMENTS", {"activation": FORMS, "pooling": FORMS})
    runs = [RunStore().create(RunPlan.parse(form.plan()), user=ANNE).id for form in FORMS.values()]
    for run_id, accuracy in zip(runs, (0.5, 0.75), strict=True):
        write_state(RunStore().root / run_id, "finished", test_accuracy=accuracy)
    bert = _open(visitor=BERT, experiment="pooling", run=runs[0], also=runs[1])
    ranking = rank([RankedSetting("average pooling", (0.5,), 32, 10), RankedSetting("max pooling", (0.75,), 32, 10)])
    assert describe_ranking(ranking, load("verdict")) in [said.value for said in bert.info]
    run_queue.shared_queue().close()
    monkeypatch.delenv("CNNVIZ_PROFILE")


def test_a_shared_server_trains_fewer_seeds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    app = _open(experiment="activation", visitor=ANNE)
    words = load("verdict")
    said = words("plan.one", runs=3, settings=3, seeds=1) + " " + words("plan.room", room=4, seeds=3)
    assert any(caption.value.startswith(said) for caption in app.caption)
    run_queue.shared_queue().close()
    monkeypatch.delenv("CNNVIZ_PROFILE")


def test_the_form_of_the_network_that_comes_with_the_app_is_taken_at_a_click() -> None:
    app = _open(net="vgg", limit="200")
    app.button(key="small").click().run()
    assert not app.exception
    card = checkpoint("vgg-digits")
    for name in ("batch_norm", "width", "hidden"):
        assert app.session_state[f"vgg.{name}"] == card.options[name]
    assert app.session_state["limit"] == 200
    assert not any(button.key == "small" for button in app.button)


def test_a_set_of_few_images_is_told_with_the_batch_that_gives_more_updates() -> None:
    app = _open(net="resnet", limit="200", settings="course")
    t = load("pages/studio")
    said = [caption.value for caption in app.caption]
    assert t("few.said", batch=200, updates=1, smaller=8, more=25) in said
    assert any(one.startswith("10 minibatches (1 an epoch)") for one in said)
    app.button(key="few").click().run()
    assert app.number_input(key="set.batch_size").value == 8
    assert any(caption.value.startswith("250 minibatches (25 an epoch)") for caption in app.caption)
    assert not any(button.key == "few" for button in _open(net="resnet", limit="200").button)


@pytest.mark.parametrize(
    ("count", "batch", "proposed"),
    [
        (1198, 256, 32),
        (1198, 64, None),
        (60_000, 256, None),
        (200, 200, 8),
        (60, 60, 8),
        (60, 8, None),
        (5, 5, None),
        (1198, 3000, 32),
        (4000, 256, None),
        (4000, 300, 64),
    ],
)
def test_the_smaller_batch_is_a_power_of_two_with_updates_enough(count: int, batch: int, proposed: int | None) -> None:
    assert batch_size_hint.smaller_batch(count, batch) == proposed
    if proposed is not None:
        assert batch_size_hint.updates(count, proposed) > batch_size_hint.updates(count, batch)
