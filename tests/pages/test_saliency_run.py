"""A real run on the saliency page: its maps along the epochs, and the training images that mattered."""

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
import torch
from torch.nn import functional

from cnnviz.attribution import METHODS, Target
from cnnviz.data import dataset
from cnnviz.runs.checkpoint import read_weights, saved_steps
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import RunRecord
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from cnnviz.text import load
from cnnviz.train.batch_preparation import BatchPreparation
from cnnviz.ui.components.overlays import Overlay
from cnnviz.ui.pages.saliency import map_view
from tests.pages.opening import open_link, rerun
from tests.runs.tiny import tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunRecord]:
    """Two epochs of four steps on 64 digits, with a learning rate that falls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.delenv("CNNVIZ_PROFILE", raising=False)
        record = RunStore().create(RunPlan.parse(tiny(2, learning_rate=0.1, schedule="cosine")))
        assert train_run(record.folder, record.plan, CommandQueue(()), limits()) == ("finished", None)
        yield RunStore().find(record.id)


def _network(run: RunRecord, step: int | None = None) -> torch.nn.Module:
    network = run.plan.network()
    network.load_state_dict(read_weights(run.folder, step))
    return network.eval()


def test_the_maps_along_a_run_are_those_of_its_saved_steps(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    panels: list[Overlay] = []
    monkeypatch.setattr(map_view, "overlays", lambda shown, **settings: panels.extend(shown))
    app = open_link(
        "saliency",
        weights=f"run:{run.id}",
        compare="epochs",
        method="gradient",
        image="digits",
        n="3",
        **{"class": "3"},
    )
    steps = saved_steps(run.folder)
    assert (steps[0], steps[-1]) == (0, run.step)
    shown = app.multiselect(key="steps").value
    assert (shown[0], shown[-1], len(shown)) == (0, run.step, len(panels) - 1)
    image = torch.as_tensor(panels[0].image)[None]
    for step, panel in zip(shown, panels[1:], strict=True):
        found = METHODS["gradient"].attribute(_network(run, step), image, Target(3)).flat()
        torch.testing.assert_close(torch.as_tensor(panel.values), found, rtol=1e-4, atol=1e-7)
    last = METHODS["gradient"].attribute(_network(run), image, Target(3)).flat()
    torch.testing.assert_close(torch.as_tensor(panels[-1].values), last, rtol=1e-4, atol=1e-7)
    assert not any(
        torch.allclose(torch.as_tensor(one.values), torch.as_tensor(other.values), rtol=1e-3)
        for one, other in pairwise(panels[1:])
    )


def test_the_training_images_that_mattered_are_those_of_the_last_layers_gradients(run: RunRecord) -> None:
    app = open_link("saliency", weights=f"run:{run.id}", image="digits", n="3", **{"class": "3"})
    t = load("pages/saliency")
    assert t("influence.cost", images="64", moments=6, passes="384", seconds="|").split("|")[0] in " ".join(
        one.value for one in app.caption
    )
    app.button(key="influence.go").click()
    rerun(app)
    tiles = [one.proto.body for one in app.get("html") if "<figure" in one.proto.body]
    assert [text.count("<figure") for text in tiles] == [6, 6]
    data = BatchPreparation(28)
    training = dataset("digits").load("train", limit=64)
    scores = torch.zeros(64)
    for step in (1, 2, 4, 5, 7, 8):  # six of eight
        network, rate = _network(run, step), 0.1 * (1 + math.cos(math.pi * (step - 1) / 8)) / 2
        weights = [network.fc3.weight, network.fc3.bias]
        image = data(dataset("digits").load("test", limit=4).images[3:])
        raised = torch.autograd.grad(network(image).log_softmax(1)[0, 3], weights)
        for number, (pixels, label) in enumerate(zip(data(training.images), training.labels, strict=True)):
            loss = functional.cross_entropy(network(pixels[None]), label[None])
            scores[number] -= rate * sum(
                float((one * other).sum())
                for one, other in zip(raised, torch.autograd.grad(loss, weights), strict=True)
            )
    for text, number in ((tiles[0], int(scores.argmax())), (tiles[1], int(scores.argmin()))):
        score = f"{scores[number]:+.2g}".replace("-", "\N{MINUS SIGN}", 1)
        first = t("influence.alt", number=number, label=int(training.labels[number]), score=score)
        assert first in text.split("</figure>")[0]


def test_without_a_training_there_are_no_training_images() -> None:
    app = open_link("saliency", net="lenet", weights="untrained")
    assert load("pages/saliency")("influence.none") in [one.value for one in app.info]
