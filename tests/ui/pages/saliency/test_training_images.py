from dataclasses import replace
from types import SimpleNamespace

import pytest

from cnnviz.data import DATASETS
from cnnviz.runs import trained as runs
from cnnviz.runs.plan import Plan
from cnnviz.ui.inputs.weights import Weights
from cnnviz.ui.pages.saliency.training_images import trained_of


@pytest.mark.parametrize("there", [True, False])
def test_images_are_looked_for_in_the_folder_that_the_run_was_given(monkeypatch, tmp_path, there):
    looked = []
    entry = replace(DATASETS["fashion_mnist"], present=lambda folder: looked.append(folder) or there)
    trained = SimpleNamespace(plan=Plan.read({"architecture": "lenet"}, data_dir=str(tmp_path)))
    monkeypatch.setattr(runs, "find_trained", lambda name: trained)
    subject = SimpleNamespace(weights=Weights("run", "20260101"), dataset=lambda: entry)
    assert trained_of(subject) == (trained if there else None)
    assert looked == [tmp_path]
