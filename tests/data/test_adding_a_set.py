"""A data set added the way CONTRIBUTING says: one file, one line, its words."""

import json
import shutil
from pathlib import Path
from types import MappingProxyType

import pytest
import torch

from cnnviz import text
from cnnviz.cli.list_command import listing
from cnnviz.data import ImageSet, dataset, datasets
from cnnviz.data.dataset_record import Dataset
from cnnviz.runs.run_plan import RunPlan
from cnnviz.text import LANGUAGES
from cnnviz.train import train


def read_stripes(split, count, data_dir, download, progress):
    """Return dark images with one light row or one light column."""
    labels = torch.arange(count) % 2
    images = torch.zeros(count, 1, 8, 8, dtype=torch.uint8)
    images[labels == 0, :, 3] = 255
    images[labels == 1, :, :, 3] = 255
    return ImageSet(images, labels)


STRIPES = Dataset(
    name="stripes",
    input_shape=(1, 8, 8),
    classes=("row", "column"),
    num_train=64,
    num_test=16,
    mean=(0.125,),
    std=(0.3307,),
    url="",
    read=read_stripes,
)


@pytest.fixture
def stripes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    words = tmp_path / "text"
    shutil.copytree(text._FOLDER, words, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with (words / "data.toml").open("a", encoding="utf-8") as file:
        for key in (
            "set.stripes.title",
            "set.stripes.idea",
            "set.stripes.licence",
            "class.stripes.0",
            "class.stripes.1",
        ):
            file.write(f"\n[{key}]\n" + "".join(f'{language} = "{key} {language}"\n' for language in LANGUAGES))
    text._sentences.cache_clear()
    monkeypatch.setattr(text, "_FOLDER", words)
    monkeypatch.setattr(datasets, "DATASETS", MappingProxyType({**datasets.DATASETS, "stripes": STRIPES}))
    yield dataset("stripes")
    text._sentences.cache_clear()


def test_a_set_that_was_added_is_found_listed_and_described(stripes, monkeypatch):
    monkeypatch.setattr("cnnviz.data.DATASETS", datasets.DATASETS, raising=False)
    assert "stripes" in json.loads(json.dumps(listing()))["datasets"]
    for language in LANGUAGES:
        assert stripes.describe("idea", language) == f"set.stripes.idea {language}"
        assert stripes.class_name(1, language) == f"class.stripes.1 {language}"


def test_a_set_that_was_added_is_loaded_and_learned(stripes):
    assert len(stripes.load("train", limit=10)) == 10
    settings = {"epochs": 2, "batch_size": 16, "image_size": 28, "optimizer": "adam", "learning_rate": 0.01}
    plan = RunPlan.parse(
        {"architecture": "lenet", "dataset": "stripes", "settings": settings, "options": {"pool": "max"}}
    )
    *_, end = train(plan.network(), *plan.images(), plan.config)
    assert end.status == "finished"
    assert "stripes" in plan.command()
