"""The levels that the shipped networks reach; the full table is `python -m cnnviz.bench.trust`."""

import pytest
import torch

from cnnviz.attribution import BASELINES, METHODS, Target, compute_logits
from cnnviz.attribution.trust.pointing_game import pointing_game, pointing_game_of_controls
from cnnviz.attribution.trust.randomisation import SUSPICIOUS_CORRELATION, head_correlation
from cnnviz.bench.trust import predicted_examples, shapes_examples
from cnnviz.checkpoints import CHECKPOINTS, build_network, checkpoint
from cnnviz.data import dataset
from cnnviz.train.batch_preparation import BatchPreparation


@pytest.fixture(scope="module")
def shapes():
    return build_network(checkpoint("resnet-18-shapes"))


@pytest.fixture(scope="module")
def given():
    return shapes_examples(checkpoint("resnet-18-shapes"), 20)


@pytest.mark.parametrize(
    ("name", "options"),
    [("grad-cam", {}), ("occlusion", {"window": 12, "stride": 6}), ("integrated-gradients", {"steps": 16})],
)
def test_a_method_finds_its_object(shapes, given, name, options):
    blurred = [BASELINES["blurred"](example.image, 0) for example in given]
    assert pointing_game(METHODS[name], shapes, given, baselines=blurred, options=options).pointing >= 0.85


def test_noise_does_not(given):
    assert pointing_game_of_controls(given)[0].pointing <= 0.25


def test_a_random_head_unmasks_guided_backprop_alone(shapes, given):
    found = {
        name: sum(
            head_correlation(METHODS[name], shapes, example.image, example.target, draws=3) for example in given[:3]
        )
        / 3
        for name in ("guided-backprop", "gradient", "grad-cam")
    }
    assert found["guided-backprop"] > 0.8 > SUSPICIOUS_CORRELATION
    assert max(found["gradient"], found["grad-cam"]) < SUSPICIOUS_CORRELATION


def test_integrated_gradients_add_up_within_one_per_cent_on_the_digits():
    card = checkpoint("lenet-max-digits")
    network = build_network(card)
    images = BatchPreparation(card.input_shape[1])(dataset("digits").load("test", limit=64).images)
    logits, black = compute_logits(network, images), compute_logits(network, torch.zeros_like(images[:1]))[0]
    errors = []
    for image, scores in zip(images, logits, strict=True):
        target = int(scores.argmax())
        found = METHODS["integrated-gradients"].attribute(network, image[None], Target(target))
        difference = float(scores[target] - black[target])
        errors.append(abs(float(found.values.double().sum()) - difference) / abs(difference))
        assert found.completeness.error == pytest.approx(errors[-1], abs=1e-4)
    assert sum(error < 0.01 for error in errors) >= 0.95 * len(errors)


@pytest.mark.parametrize("name", [name for name in CHECKPOINTS if checkpoint(name).dataset == "digits"])
def test_integrated_gradients_reach_one_per_cent_on_every_network_of_the_digits(name):
    network = build_network(checkpoint(name))
    for example in predicted_examples(checkpoint(name), network, 2):
        found = METHODS["integrated-gradients"].attribute(network, example.image, example.target)
        difference = (
            compute_logits(network, example.image)[0] - compute_logits(network, torch.zeros_like(example.image))[0]
        )
        assert float(found.values.sum()) == pytest.approx(float(difference[example.target.index]), rel=0.0101)
        assert not found.notes


def test_with_as_many_points_halving_is_nearer_to_a_fine_sum_than_gauss_legendre():
    card = checkpoint("mobilenet-v1-digits")
    network = build_network(card)
    (example,) = predicted_examples(card, network, 1)
    fine = torch.zeros_like(example.image[0])
    for places in ((torch.arange(1536) + 0.5) / 1536).split(64):
        images = (places.view(-1, 1, 1, 1) * example.image).requires_grad_()
        network(images)[:, example.target.index].sum().backward()
        fine += images.grad.sum(0) / 1536 * example.image[0]
    off = {
        rule: float(
            (
                METHODS["integrated-gradients"]
                .attribute(network, example.image, example.target, options={"rule": rule, "steps": 400})
                .values
                - fine
            ).norm()
        )
        for rule in ("halving", "gauss-legendre")
    }
    assert off["halving"] < off["gauss-legendre"] < 0.1 * float(fine.norm())
