import threading

import pytest
import torch

from cnnviz.data import DATASETS, ImageSet, dataset
from cnnviz.data.polarity import light_background_share
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES, load

FORMS = [form for entry in DATASETS.values() for form in (entry, *entry.variants)]
OWN = [form for form in FORMS if not form.needs_download]


def test_the_table_has_the_public_names_in_their_order():
    assert list(DATASETS) == ["digits", "shapes", "fashion_mnist", "mnist", "cifar10"]


@pytest.mark.parametrize("form", OWN, ids=lambda form: form.name)
def test_sets_that_need_no_download_hold_what_their_record_says(form):
    for split in ("train", "test"):
        images = form.load(split)
        assert len(images) == form.size(split)
        assert tuple(images.images.shape[1:]) == form.input_shape
        assert (images.labels.ndim == 2) == form.multi_label
        assert (images.regions is not None) == form.has_masks
        assert images.labels.max() == (1 if form.multi_label else form.num_classes - 1)


@pytest.mark.parametrize("form", OWN, ids=lambda form: form.name)
def test_mean_std_and_ground_are_those_of_the_training_pixels(form):
    images = form.load("train").images
    assert light_background_share(images) == pytest.approx(form.light_grounds, abs=1e-3)
    pixels = images.transpose(0, 1).flatten(1).double() / 255
    assert pixels.mean(1).tolist() == pytest.approx(form.mean, abs=1e-4)
    assert pixels.std(1, unbiased=False).tolist() == pytest.approx(form.std, abs=1e-4)


@pytest.mark.parametrize("form", OWN, ids=lambda form: form.name)
def test_a_limit_gives_the_first_images(form):
    few, many = form.load("test", limit=7), form.load("test", limit=40)
    assert len(few) == 7
    assert torch.equal(few.images, many.images[:7])
    assert torch.equal(few.labels, many.labels[:7])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_class_and_fact_has_words_in_every_language(form):
    assert len(form.mean) == len(form.std) == form.input_shape[0]
    for language in LANGUAGES:
        names = [form.class_name(k, language) for k in range(form.num_classes)]
        assert len(set(names)) == form.num_classes
        assert all(form.describe(fact, language) for fact in ("title", "idea", "licence"))
    assert [form.class_name(k) for k in range(form.num_classes)] == list(form.classes)


def test_the_words_know_no_class_that_no_set_has():
    known = {f"class.{form.family or form.name}.{k}" for form in FORMS for k in range(form.num_classes)}
    assert set(load("data").keys("class.")) == known
    assert {key.split(".")[1] for key in load("data").keys("set.")} == {form.name for form in FORMS}


@pytest.mark.parametrize("limit", [0, -1, 2.5, "all", True, 10_000_001])
def test_an_impossible_limit_is_refused(limit):
    with pytest.raises(UserError, match="from 1 to 10000000"):
        dataset("digits").load("train", limit=limit)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="digits, shapes, fashion_mnist, mnist, cifar10"):
        dataset("imagenet")


def test_an_image_set_of_wrong_types_is_an_error():
    images, labels = torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64)
    ImageSet(images, labels)
    for wrong in (
        (images.float(), labels),
        (images[0], labels),
        (images, labels[:1]),
        (images, labels.float()),
        (images, labels, torch.zeros(2, 4, 5, dtype=torch.uint8)),
    ):
        with pytest.raises(ValueError, match="must be"):
            ImageSet(*wrong)


def test_threads_that_load_at_once_get_the_same_images():
    results = [None] * 4

    def load_into(place):
        results[place] = dataset("shapes").load("train", limit=300).images

    threads = [threading.Thread(target=load_into, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(result, results[0]) for result in results)


@pytest.mark.datasets
@pytest.mark.parametrize("name", ["fashion_mnist", "mnist", "cifar10"])
def test_the_real_sets_have_the_recorded_size_mean_std_and_ground(name):
    entry = dataset(name)
    if not entry.present(None):
        pytest.skip(f"{name} is not in CNNVIZ_DATA")
    train, test = entry.load("train", download=False), entry.load("test", download=False)
    assert (len(train), len(test)) == (entry.num_train, entry.num_test)
    pixels = train.images.transpose(0, 1).flatten(1).double() / 255
    assert pixels.mean(1).tolist() == pytest.approx(entry.mean, abs=1e-4)
    assert pixels.std(1, unbiased=False).tolist() == pytest.approx(entry.std, abs=1e-4)
    assert entry.light_grounds is None or light_background_share(train.images) == pytest.approx(
        entry.light_grounds, abs=1e-3
    )
    assert train.labels.bincount().tolist() == [entry.num_train // 10] * 10 or name == "mnist"
