import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from cnnviz.data.digits import read_digits, split_indices


@pytest.fixture(scope="module")
def bunch():
    return load_digits()


def test_the_pixels_and_labels_are_those_of_scikit_learn_scaled_from_16_to_255(bunch):
    for split in ("train", "test"):
        images = read_digits(split, 10_000)
        chosen = split_indices(bunch.target, split)
        assert np.array_equal(images.images[:, 0].numpy(), np.rint(bunch.images[chosen] * 255 / 16))
        assert np.array_equal(images.labels.numpy(), bunch.target[chosen])


def test_the_two_splits_share_no_image_and_hold_all_1797(bunch):
    train, test = split_indices(bunch.target, "train"), split_indices(bunch.target, "test")
    assert len(train) == 1198
    assert len(test) == 599
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(1797))


def test_a_third_of_every_class_is_held_out(bunch):
    held_out = np.bincount(bunch.target[split_indices(bunch.target, "test")])
    assert np.array_equal(held_out, np.rint(np.bincount(bunch.target) / 3))


def test_the_split_never_changes():
    assert read_digits("test", 8).labels.tolist() == [*map(int, read_digits("test", 599).labels[:8])]
    assert torch.equal(read_digits("test", 5).images, read_digits("test", 599).images[:5])
    labels = np.arange(60) % 10
    assert split_indices(labels, "test").tolist() == split_indices(labels, "test").tolist()


def test_reading_the_digits_imports_no_scikit_learn():
    import subprocess
    import sys

    code = (
        "import sys; from cnnviz.data.digits import read_digits; read_digits('test', 1); "
        "sys.exit('sklearn' in sys.modules or 'torchvision' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
