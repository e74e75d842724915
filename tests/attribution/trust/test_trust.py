"""The tests that a map can fail, on maps whose result is known."""

import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from cnnviz.attribution import BASELINES, METHODS, Attribution, Stopped, Target
from cnnviz.attribution.baselines import title as baseline_title
from cnnviz.attribution.trust.controls import CONTROLS, edges, title
from cnnviz.attribution.trust.deletion_insertion import ScoreCurve, faithfulness
from cnnviz.attribution.trust.importance import importance, rank_correlation
from cnnviz.attribution.trust.pointing_game import PointingResult, measure_overlap, pointing_examples
from cnnviz.attribution.trust.randomisation import cascading_randomisation, list_stages, randomise_stage
from cnnviz.attribution.trust.sensitivity import sensitivity
from cnnviz.text import LANGUAGES
from cnnviz.zoo import build

WEIGHTS = torch.linspace(-1, 2, 16)


@pytest.fixture
def linear():
    """Class 0 is w·x, class 1 is 0; brighter pixels at the end speak for class 0."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 2, bias=False)).requires_grad_(False)
    network[1].weight.copy_(torch.stack((WEIGHTS, torch.zeros(16))))
    return network


def test_the_rank_correlation_is_scipys_with_ties():
    draws = torch.Generator().manual_seed(0)
    for _ in range(4):
        a, b = (torch.randint(0, 6, (5, 7), generator=draws).float() for _ in range(2))
        assert rank_correlation(a, b) == pytest.approx(spearmanr(a.flatten(), b.flatten()).statistic)
    assert rank_correlation(a, torch.zeros(5, 7)) == 0
    assert rank_correlation(a, 2 * a + 1) == pytest.approx(1)


def test_a_curve_has_the_area_under_it():
    assert ScoreCurve((1.0, 0.5, 0.0)).area == pytest.approx(0.5)
    assert ScoreCurve((1.0, 1.0, 0.0)).area == pytest.approx(0.75)


def test_on_a_linear_network_the_true_shares_beat_every_control(linear):
    image, black = torch.ones(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    found = METHODS["input-x-gradient"].attribute(linear, image, Target(0))
    tested = faithfulness(linear, image, found, black)
    assert tested.fractions == tuple(step / 16 for step in range(17))
    falling = WEIGHTS.flip(0)
    expected = [float((WEIGHTS.sum() - falling[:gone].sum()).sigmoid()) for gone in range(17)]
    assert tested.own.deletion.scores == pytest.approx(expected, abs=1e-5)
    assert list(tested.controls) == list(CONTROLS)
    assert tested.loses_deletion_to == tested.loses_insertion_to == ()
    worst = Attribution("input-x-gradient", -found.values, Target(0), found.output)
    lost = faithfulness(linear, image, worst, black)
    assert lost.loses_deletion_to == lost.loses_insertion_to == tuple(CONTROLS)


def test_the_size_of_a_slope_and_the_sign_of_a_share_rank_the_pixels(linear):
    image = torch.ones(1, 1, 4, 4)
    slope, share = (METHODS[name].attribute(linear, image, Target(0)) for name in ("gradient", "input-x-gradient"))
    assert torch.equal(importance(slope, (4, 4)).flatten(), WEIGHTS.abs())
    assert torch.equal(importance(share, (4, 4)).flatten(), WEIGHTS)


def test_the_edge_control_finds_the_edge():
    image = torch.zeros(1, 3, 6, 6)
    image[..., 3:] = 1
    found = edges(image)
    assert torch.equal(found > 0, torch.tensor([False, False, True, True, False, False]).expand(6, 6))
    assert float(found.max()) == 4


def test_pointing_counts_the_largest_value_and_the_positive_mass():
    own, other = torch.zeros(2, 8, 8, dtype=torch.bool)
    own[1:3, 1:3], other[5:7, 5:7] = True, True
    values = torch.zeros(8, 8)
    values[1, 1], values[5, 5], values[7, 0], values[0, 7] = 3.0, 1.0, 1.0, -9.0
    assert (measure_overlap(values, own, other).hit, measure_overlap(values, own, other).own) == (True, 0.6)
    assert measure_overlap(values, own, other).other == 0.2
    assert not measure_overlap(values, other, own).hit
    assert measure_overlap(values.roll(-1, 0).clamp_min(0), own, other).hit  # one pixel outside, within the tolerance
    assert not measure_overlap(torch.zeros(8, 8), own, other).hit


def test_a_method_loses_to_a_control_that_is_as_good_in_one_of_the_two():
    method = PointingResult("gradient", 0.5, 0.3, 0.1, 8)
    assert not method.loses_to(PointingResult("random", 0.4, 0.2, 0.0, 8))
    assert method.loses_to(PointingResult("edges", 0.5, 0.2, 0.0, 8))
    assert method.loses_to(PointingResult("input", 0.1, 0.4, 0.0, 8))


def test_each_object_of_an_image_is_an_example():
    regions = torch.zeros(1, 4, 4, dtype=torch.uint8)
    regions[0, 0, 0], regions[0, 3, 3] = 2, 4
    given = list(pointing_examples(torch.zeros(1, 3, 4, 4), regions))
    assert [example.target.index for example in given] == [1, 3]
    assert bool(given[0].own[0, 0])
    assert bool(given[0].other[3, 3])


def test_the_cascade_forgets_from_the_top_and_leaves_the_model(networks):
    network, image = networks.residual(), networks.picture()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    stages = list_stages(network, image)
    assert stages == ("fc", "conv3", "bn2", "conv2", "conv1")
    steps = list(cascading_randomisation(METHODS["gradient"], network, image, Target(1)))
    assert [step.stage for step in steps] == ["", *stages]
    assert steps[0].correlation == pytest.approx(1)
    assert torch.equal(steps[0].found.values, METHODS["gradient"].attribute(network, image, Target(1)).values)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    again = list(cascading_randomisation(METHODS["gradient"], network, image, Target(1)))
    assert [step.correlation for step in again] == [step.correlation for step in steps]
    randomise_stage(network, "conv1", 0)
    assert not torch.equal(before["conv1.weight"], network.conv1.weight)


def test_the_cascade_stops_when_asked(networks):
    steps = cascading_randomisation(
        METHODS["gradient"], networks.residual(), networks.picture(), Target(1), stop=lambda: True
    )
    with pytest.raises(Stopped):
        next(steps)


def test_the_gradient_of_a_linear_network_feels_no_noise(linear):
    image = torch.rand(1, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    found = METHODS["gradient"].attribute(linear, image, Target(0))
    calm = sensitivity(METHODS["gradient"], linear, image, found, samples=3)
    assert (calm.largest, calm.mean) == (0, 0)
    assert calm.correlation == pytest.approx(1)
    assert 0 < calm.score <= 0.02 * float(WEIGHTS.abs().sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_baselines_and_controls_have_names_and_the_shape_of_the_image(language):
    image = torch.rand(1, 3, 8, 10)
    for name, make in BASELINES.items():
        assert baseline_title(name, language)
        assert make(image, 3).shape == image.shape
        assert torch.equal(make(image, 3), make(image, 3))
        assert 0 <= float(make(image, 3).min()) <= float(make(image, 3).max()) <= 1
    for name, make in CONTROLS.items():
        assert title(name, language)
        assert make(image, 3).shape == (8, 10)


def test_a_deep_network_is_taken_apart_by_its_stages():
    network = build("resnet", {"width": 0.125}, (1, 32, 32), 10)
    assert list_stages(network, torch.zeros(1, 1, 32, 32)) == ("fc", "stage4", "stage3", "stage2", "stage1", "stem")
