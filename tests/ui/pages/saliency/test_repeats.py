"""The Python that leaves the page makes the same map, whatever the network and the image came from."""

import io
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from cnnviz.attribution import Target
from cnnviz.data.uploaded_files import save_set
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.imagenet import published_path
from cnnviz.models.sources.upload import UPLOADED
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.pages.saliency import map_export
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap
from cnnviz.ui.pages.saliency.map_request import MapRequest, attribution_of
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.zoo import build
from cnnviz.zoo import imagenet as zoo_imagenet
from tests.data.test_uploaded_set import folders, packed
from tests.runs.tiny import SETTINGS


def _imagenet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SaliencyInput:
    """Weights drawn here, in a file as torchvision publishes it."""
    from torchvision import models

    monkeypatch.setattr("torch.hub.get_dir", lambda: str(folder))
    usual = zoo_imagenet._facts("MobileNet_V3_Small_Weights.IMAGENET1K_V1", None)
    path = published_path("small-12345678.pth")
    path.parent.mkdir(parents=True)
    torch.save(models.mobilenet_v3_small().state_dict(), path)
    facts = replace(usual, name=path.name, sha256=sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(zoo_imagenet, "_facts", lambda record, scaling: facts)
    spec = ModelSpec.of("mobilenet", {"version": "v3-small"}, size=64)
    return SaliencyInput(TrainedModel.of(WeightsRef("imagenet"), spec), ImageChoice("flower", 0, "crop"))


def _run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SaliencyInput:
    """Two steps on a reader's own set, standardised; the moment after the first."""
    for name in ("CNNVIZ_RUNS", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    name = save_set(make_uploaded_set(packed(folders()), 28))
    record = RunStore().create(
        RunPlan.parse(
            {
                "architecture": "lenet",
                "options": {"activation": "relu"},
                "dataset": name,
                "settings": SETTINGS | {"epochs": 2, "batch_size": 4, "standardise": True},
            }
        )
    )
    assert train_run(record.folder, record.plan, CommandQueue(()), limits()) == ("finished", None)
    model = TrainedModel.of(WeightsRef("run", record.id, 1))
    assert model.scaling is not None
    return SaliencyInput(model, ImageChoice(name, 0, "crop"))


def _file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SaliencyInput:
    state = build("lenet", {"activation": "relu"}, seed=5).state_dict()
    data = save({f"module.{name}": tensor for name, tensor in state.items()})
    (folder / "weights.safetensors").write_bytes(data)
    weights = WeightsRef("file", UPLOADED.put(data, ""))
    model = TrainedModel.of(weights, ModelSpec.of("lenet", {"activation": "relu"}))
    return SaliencyInput(model, ImageChoice("digits", 2, "crop"))


@pytest.mark.parametrize("make", [_imagenet, _run, _file])
def test_the_archive_of_a_painted_image_repeats_its_map(make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = replace(make(tmp_path, monkeypatch), strokes="white.3.4.4.4.9")
    assert not torch.equal(subject.input(), subject.unpainted().input())
    one = MapRequest(subject, "occlusion", Target(1), options=(("window", 16), ("stride", 16))).normalized()
    found = attribution_of(one)
    monkeypatch.chdir(tmp_path)
    zipfile.ZipFile(io.BytesIO(map_export.archive([(ComparedMap(one, "Occlusion"), found)]))).extractall(tmp_path)
    assert np.abs(found.values.numpy()).max() > 0
    script = "1-occlusion-Occlusion.py"
    space: dict[str, object] = {}
    exec(compile(Path(script).read_text(), script, "exec"), space)
    np.testing.assert_allclose(space["values"], found.values.numpy(), rtol=1e-3, atol=1e-5)
