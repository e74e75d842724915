import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.data import MODES, SAMPLES, dataset, prepare, sample
from cnnviz.data.preparation import match_channels, resize
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.train.batch_preparation import BatchPreparation as TrainingPreparation

MIDDLE = torch.arange(24, dtype=torch.uint8).reshape(1, 4, 6)


def keys(preparation):
    return [step.key for step in preparation.steps]


def test_an_image_that_fits_is_only_divided_by_255():
    image = torch.arange(0, 192, 3, dtype=torch.uint8).reshape(1, 8, 8)
    done = prepare(image, (1, 8, 8))
    assert keys(done) == ["original", "unit"]
    assert torch.equal(done.tensor, image[None].float() / 255)
    assert done.upscaled is None
    assert done.original is image


def test_crop_takes_the_middle_pixel_for_pixel():
    done = prepare(MIDDLE, (1, 4, 4))
    assert keys(done) == ["original", "cropped", "unit"]
    assert (done.tensor * 255).round().int().tolist() == [
        [[[1, 2, 3, 4], [7, 8, 9, 10], [13, 14, 15, 16], [19, 20, 21, 22]]]
    ]


def test_halving_averages_with_the_weights_of_a_triangle():
    # at half the size a triangle of 4 pixels: 1/8 3/8 3/8 1/8, at the border its part inside, 3/7 3/7 1/7
    row = torch.tensor([[[0, 70, 140, 0, 0, 0]]], dtype=torch.uint8)
    assert resize(row, (1, 3)).tolist() == [[[50, 61, 0]]]  # (3·70 + 140)/7, (70 + 3·140)/8 = 61.25
    done = prepare(row.expand(1, 6, 6).contiguous(), (1, 3, 3))
    assert keys(done) == ["original", "shrunk", "unit"]
    assert (done.tensor[0, 0, 1] * 255).round().tolist() == [50, 61, 0]
    assert done.upscaled is None


def test_doubling_interpolates_between_the_pixels():
    row = torch.tensor([[[0, 100], [0, 100]]], dtype=torch.uint8)
    done = prepare(row, (1, 4, 4))
    assert keys(done) == ["original", "enlarged", "unit"]
    assert done.steps[1].image[0, 0].tolist() == [0, 25, 75, 100]  # centres at -0.25, 0.25, 0.75, 1.25
    assert done.upscaled == (2, 2)


@pytest.mark.parametrize("size", [(28, 28), (96, 40), (500, 700), (224, 224)])
def test_resizing_is_pillows_bilinear(size):
    photo = sample("flower").load()
    theirs = Image.fromarray(photo.permute(1, 2, 0).numpy()).resize(size[::-1], Image.Resampling.BILINEAR)
    assert np.abs(resize(photo, size).permute(1, 2, 0).numpy().astype(int) - np.array(theirs)).max() <= 1


def test_a_batch_is_resized_like_its_images_one_by_one():
    batch = dataset("shapes").load("test", limit=3).images
    assert torch.equal(resize(batch, (20, 24)), torch.stack([resize(image, (20, 24)) for image in batch]))


def test_digits_in_a_larger_network_are_said_to_be_enlarged_or_stay_as_they_are():
    digit = sample("digit").load()
    enlarged = prepare(digit, (1, 28, 28))
    assert enlarged.upscaled == (3.5, 3.5)
    assert "3.5×3.5" in enlarged.steps[1].note.describe()
    padded = prepare(digit, (1, 28, 28), "pad")
    assert padded.upscaled is None
    assert keys(padded) == ["original", "padded", "unit"]
    assert torch.equal(padded.tensor[0, :, 10:18, 10:18], digit / 255)
    assert padded.tensor.sum() == (digit / 255).sum()


def test_fit_keeps_the_whole_image_between_two_borders():
    image = torch.full((1, 20, 40), 255, dtype=torch.uint8)
    done = prepare(image, (1, 10, 10), "fit")
    assert keys(done) == ["original", "shrunk", "padded", "unit"]
    assert done.tensor[0, 0, :, 0].tolist() == [0, 0, 1, 1, 1, 1, 1, 0, 0, 0]
    assert prepare(image, (1, 80, 80), "fit").upscaled == (2, 2)


def test_a_negative_is_made_before_a_border_is_added_which_is_not_part_of_the_fitted_image():
    image = torch.full((3, 20, 40), 255, dtype=torch.uint8)
    done = prepare(image, (1, 10, 10), "fit", negative=True)
    assert keys(done) == ["original", "negative", "shrunk", "padded", "grey", "unit"]
    assert done.tensor.max() == 0
    assert torch.equal(prepare(image, (1, 10, 10), "fit").fitted, image[:, :5, :10])


def test_stretch_changes_each_axis_for_itself():
    done = prepare(torch.zeros(1, 10, 40, dtype=torch.uint8), (1, 20, 20), "stretch")
    assert keys(done) == ["original", "resized", "unit"]
    assert done.upscaled == (2, 0.5)


def test_colour_becomes_grey_as_pillow_makes_it():
    photo = sample("china").load()
    theirs = np.array(Image.fromarray(photo.permute(1, 2, 0).numpy()).convert("L"))
    assert np.abs(match_channels(photo, 1)[0].numpy().astype(int) - theirs).max() <= 1
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).reshape(3, 1, 1)
    assert match_channels(red, 1).item() == 76  # 0.299 · 255 = 76.2


@pytest.mark.parametrize(
    ("present", "channels", "key", "order"),
    [
        (1, 3, "copied", [0, 0, 0]),
        (1, 2, "copied", [0, 0]),
        (3, 5, "cycled", [0, 1, 2, 0, 1]),
        (3, 2, "dropped", [0, 1]),
        (3, 3, None, [0, 1, 2]),
        (1, 1, None, [0]),
    ],
)
def test_channels_are_copied_cycled_or_dropped_and_it_is_said(present, channels, key, order):
    image = (torch.arange(present) * 50 + 5).to(torch.uint8).reshape(present, 1, 1).expand(present, 4, 4)
    done = prepare(image, (channels, 4, 4))
    assert done.tensor[0, :, 0, 0].mul(255).round().int().tolist() == [5 + 50 * k for k in order]
    assert keys(done) == [k for k in ("original", key, "unit") if k]


def test_standardising_takes_off_the_mean_and_divides_by_the_deviation():
    image = torch.full((3, 2, 2), 255, dtype=torch.uint8)
    done = prepare(image, (3, 2, 2), scaling=((0.5, 0.2, 0.0), (0.5, 0.4, 2.0)))
    assert done.tensor[0, :, 0, 0].tolist() == pytest.approx([1, 2, 0.5])
    assert keys(done)[-2:] == ["unit", "standardised"]
    grey = prepare(image, (1, 2, 2), scaling=((0.6, 0.3, 0.0), (0.5, 0.25, 0.75)))
    assert grey.tensor[0, 0, 0, 0].item() == pytest.approx((1 - 0.3) / 0.5)


@pytest.mark.parametrize("side", [8, 28, 64])
@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_a_square_image_is_prepared_as_in_training_and_evaluation(name, side):
    images = dataset(name).load("test", limit=4).images
    ours = torch.cat([prepare(image, (images.shape[1], side, side)).tensor for image in images])
    torch.testing.assert_close(ours, TrainingPreparation(side)(images), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["flower", "china"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_middle_of_a_shortened_image_is_what_torchvision_s_published_weights_get(name, turned):
    from torchvision.models import ResNet18_Weights

    theirs = ResNet18_Weights.IMAGENET1K_V1.transforms()
    photo = sample(name).load()
    photo = photo.transpose(1, 2).contiguous() if turned else photo
    done = prepare(photo, (3, 224, 224), scaling=(tuple(theirs.mean), tuple(theirs.std)), shorter=256)
    assert keys(done) == ["original", "shrunk", "cropped", "unit", "standardised"]
    rounding = 0.5 / 255 / min(theirs.std)  # theirs rounds to bytes after resizing
    assert (done.tensor[0] - theirs(photo)).abs().max() <= rounding * 1.01


@pytest.mark.parametrize(("height", "width"), [(3, 60), (3, 61), (4, 75), (60, 3)])
def test_a_long_image_is_cut_before_it_is_enlarged_and_its_middle_is_the_same(height, width):
    from torchvision.transforms.v2 import functional

    image = torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    whole = functional.resize(image.float(), [32], antialias=True)
    done = prepare(image, (3, 28, 28), shorter=32)
    difference = (255 * done.tensor[0] - functional.center_crop(whole, [28, 28])).abs().max()
    assert difference <= (1e-3 if height * 20 == width or width * 20 == height else 0.5)  # sides are rounded to pixels
    assert max(step.image.numel() for step in done.steps) <= 3 * 32 * 32 * 9


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("source", [(1, 1, 1), (3, 30, 500), (3, 501, 31), (1, 8, 8), (3, 1, 900)])
@pytest.mark.parametrize("target", [(1, 28, 28), (3, 7, 64), (2, 65, 3), (1, 1, 1)])
def test_any_image_fits_any_network_in_every_mode(mode, source, target):
    image = torch.randint(0, 256, source, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    done = prepare(image, target, mode, scaling=((0.5,), (0.5,)))
    assert tuple(done.tensor.shape) == (1, *target)
    assert done.tensor.dtype == torch.float32
    assert done.tensor.isfinite().all()
    assert torch.equal(done.steps[-1].image, done.tensor[0])
    grew = any(
        a.image.shape[axis] > b.image.shape[axis] and a.key != "padded"
        for axis in (1, 2)
        for b, a in zip(done.steps, done.steps[1:], strict=False)
    )
    assert grew == (done.upscaled is not None)
    assert not (mode == "pad" and grew)
    for step in done.steps:
        assert all(step.note.describe(language) for language in LANGUAGES)


def test_the_given_image_is_left_as_it_was():
    image = sample("shapes").load(3)
    before = image.clone()
    for mode in MODES:
        prepare(image, (1, 20, 50), mode, scaling=((0.5,), (0.5,))).tensor.add_(1)
    prepare(image, (3, 32, 32)).tensor.zero_()
    assert torch.equal(image, before)


def test_an_unknown_mode_is_refused():
    with pytest.raises(UserError, match="crop, fit, stretch, pad"):
        prepare(MIDDLE, (1, 4, 4), "squeeze")


# ---- samples


@pytest.mark.parametrize("entry", SAMPLES.values(), ids=lambda entry: entry.name)
def test_a_sample_needs_no_download_and_its_seed_decides_it(entry):
    image = entry.load()
    assert image.dtype == torch.uint8
    assert image.ndim == 3
    assert torch.equal(image, entry.load(0))
    assert (not torch.equal(image, entry.load(1))) == entry.varies
    assert image.float().std() > 10
    for language in LANGUAGES:
        assert entry.title(language)
        assert entry.source(language)


def test_photographs_are_those_of_scikit_learn():
    from sklearn.datasets import load_sample_image

    for name in ("china", "flower"):
        assert np.array_equal(sample(name).load().permute(1, 2, 0).numpy(), load_sample_image(f"{name}.jpg"))


def test_noise_takes_the_shape_asked_for_and_has_its_distribution():
    uniform = sample("uniform_noise").load(5, (2, 100, 200)).float() / 255
    assert tuple(uniform.shape) == (2, 100, 200)
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.01)
    assert uniform.std().item() == pytest.approx((1 / 12) ** 0.5, abs=0.01)
    gaussian = sample("gaussian_noise").load(5).float() / 255
    assert gaussian.mean().item() == pytest.approx(0.5, abs=0.01)
    assert gaussian.std().item() == pytest.approx(0.244, abs=0.01)  # 0.25, a little less for the cut


def test_an_unknown_sample_is_refused():
    with pytest.raises(UserError, match="flower"):
        sample("lena")
