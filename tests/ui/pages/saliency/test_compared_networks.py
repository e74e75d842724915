"""The networks beside the chosen one, also where the images of one of them are gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnnviz.data.uploaded_files import delete_set, save_set
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.models import load_model
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.folder import write_state
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.store import RunStore
from cnnviz.text import load
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.pages.saliency import compared_networks
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from tests.data.test_uploaded_set import folders, packed


def _subject(dataset: str) -> SaliencyInput:
    model = load_model("lenet-digits")
    return SaliencyInput(replace(model, info=replace(model.info, dataset=dataset)), ImageChoice("digits", 0, "crop"))


def test_a_run_whose_images_are_gone_hides_no_other_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CNNVIZ_RUNS", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    name = save_set(make_uploaded_set(packed(folders()), 16))
    plan = {"architecture": "lenet", "dataset": name, "settings": {"standardise": True, "batch_size": 4}}
    record = RunStore().create(RunPlan.parse(plan))
    write_state(record.folder, "finished", step=4, test_accuracy=0.75)
    delete_set(name)
    assert {"lenet-digits", "lenet-max-digits"} <= set(compared_networks.same_classes(_subject("digits")))


def test_classes_of_a_set_that_is_gone_are_called_by_their_numbers() -> None:
    subject = _subject("custom-0123456789abcdef")
    assert subject.model.dataset is None
    assert subject.model.class_names("en") == list("0123456789")
    assert subject.labels() == ()


def test_a_file_of_ones_own_stands_first_under_its_title() -> None:
    weights = WeightsRef("file", 64 * "a", title="mine, too.safetensors")
    subject = _subject("digits")
    subject = replace(subject, model=replace(subject.model, weights=weights))
    assert next(iter(compared_networks.same_classes(subject))) == "lenet"
    assert "mine, too.safetensors" in compared_networks.title("lenet", subject, load("pages/saliency"))
