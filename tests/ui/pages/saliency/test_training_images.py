from dataclasses import replace
from types import SimpleNamespace

import pytest

from cnnviz.data import DATASETS
from cnnviz.models.weights import TrainingInfo, WeightsInfo
from cnnviz.ui.pages.saliency.training_images import training_of


@pytest.mark.parametrize("there", [True, False])
def test_images_are_looked_for_in_the_folder_that_the_run_was_given(tmp_path, there):
    looked = []
    entry = replace(DATASETS["fashion_mnist"], present=lambda folder: looked.append(folder) or there)
    training = TrainingInfo({}, data_dir=str(tmp_path))
    model = SimpleNamespace(info=WeightsInfo(dataset="fashion_mnist", training=training), dataset=entry)
    assert training_of(SimpleNamespace(model=model)) == (training if there else None)
    assert looked == [tmp_path]
