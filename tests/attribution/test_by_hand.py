"""The methods against computations that use neither Captum nor autograd."""

from importlib import util
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.image_regions import square_regions
from cnnviz.attribution.score import Stopped
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES

K = 1
_SPEC = util.spec_from_file_location("attribution_networks", Path(__file__).with_name("networks.py"))
networks = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)
NETWORK, IMAGE, BASELINE = networks.residual(), networks.picture(), networks.picture(1) * 0.3


def slopes(function, at, step=1e-5):
    """Central differences in float64 of a function (N, …) -> (N,) at one point (1, …)."""
    at = at.double()
    moves = torch.eye(at.numel(), dtype=torch.float64).view(-1, *at.shape[1:]) * step
    with torch.no_grad():
        return ((function(at + moves) - function(at - moves)) / (2 * step)).view(at.shape)


@pytest.fixture(scope="module")
def exact():
    return networks.residual().double()


def attribution(name, **settings):
    settings = {"baseline": BASELINE} | settings
    return METHODS[name].attribute(NETWORK, IMAGE, Target(K), **settings)


def agree(found, expected):
    assert found.shape == expected.shape
    assert float((found - expected.float()).abs().max()) <= 2e-4 * float(expected.abs().max())


def test_the_gradient_is_the_difference_quotient(exact):
    expected = slopes(lambda x: exact(x)[:, K], IMAGE)[0]
    agree(attribution("gradient").values, expected)
    agree(attribution("input-x-gradient").values, expected * IMAGE[0])


def test_integrated_gradients_are_the_quadrature_of_difference_quotients(exact):
    places, weights = np.polynomial.legendre.leggauss(24)
    way = (IMAGE - BASELINE).double()
    total = sum(
        weight / 2 * slopes(lambda x: exact(x)[:, K], BASELINE.double() + (place + 1) / 2 * way, 1e-7)
        for place, weight in zip(places, weights, strict=True)
    )
    found = attribution("integrated-gradients", options={"steps": 24})
    agree(found.values, (total * way)[0])
    assert found.completeness.steps == 24


@pytest.fixture(scope="module")
def bent():
    """A layer of rectifiers whose slope along the way jumps 300 times, and the integral in closed form."""
    draws = torch.Generator().manual_seed(3)
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 300), nn.ReLU(), nn.Linear(300, 2)).requires_grad_(False)
    for layer in (network[1], network[3]):
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=draws))
    image = networks.picture(4, (1, 1, 4, 4))
    far = (network[1].weight @ image.flatten()).double()  # of each unit at the image; at black it is its bias
    bends = torch.rand(300, generator=draws).double() ** 4  # where on the way, most of them early
    network[1].bias.copy_(-bends * far / (1 - bends).clamp_min(1e-3))
    start = network[1].bias.double()
    end = start + far
    lit = (end.relu() - start.relu()) / far  # the part of the way on which the unit passes its slope on
    exact = (network[3].weight[1].double() * lit) @ network[1].weight.double() * image.flatten().double()
    return network, image, exact.view(1, 4, 4)


def far_off(found, exact):
    return float((found.values - exact).norm() / exact.norm())


@pytest.mark.parametrize(("points", "most"), [(128, 2e-3), (512, 3e-4), (1024, 1e-4)])
def test_halved_trapezoids_come_to_the_integral_in_closed_form(bent, points, most):
    network, image, exact = bent
    found = METHODS["integrated-gradients"].attribute(
        network, image, Target(1), options={"rule": "halving", "steps": points}
    )
    assert found.completeness.steps == points
    assert far_off(found, exact) < most


def test_what_halving_took_by_itself_repeats_from_its_record(bent):
    network, image, _ = bent
    found = METHODS["integrated-gradients"].attribute(network, image, Target(1))
    assert found.options["rule"] == "halving"
    assert found.completeness.error < 0.01
    again = METHODS["integrated-gradients"].attribute(network, image, Target(1), options=found.options)
    assert torch.equal(again.values, found.values)


@pytest.mark.parametrize(
    ("asked", "said"),
    [(900, "held 100 of the 900 points asked for"), (0, "no more than 100 points"), (100, None), (90, None)],
)
def test_halving_takes_no_more_points_than_the_memory_holds_and_says_so(bent, monkeypatch, asked, said):
    network, image, _ = bent
    monkeypatch.setattr("cnnviz.attribution.methods.adaptive_trapezoid.memory_budget", lambda: 100 * 4 * image.numel())
    options = {"rule": "halving", "steps": asked}
    found = METHODS["integrated-gradients"].attribute(network, image, Target(1), options=options)
    assert found.options["steps"] == found.completeness.steps == min(asked or 100, 100)
    notes = [note.describe() for note in found.notes if note.key.startswith("memory")]
    assert said in notes[0] if said else not notes
    assert all(note.describe(language) for note in found.notes for language in LANGUAGES)


def test_halving_tells_how_far_it_is_and_stops_between_two_rounds(bent):
    network, image, _ = bent
    told, options = [], {"rule": "halving", "steps": 300}
    ask = METHODS["integrated-gradients"].attribute
    ask(network, image, Target(1), options=options, progress=lambda passed, expected: told.append((passed, expected)))
    assert [expected for _, expected in told][2:] == [302] * len(told[2:])
    assert told[-1] == (302, 302)  # both ends for f, then the points
    told.clear()
    with pytest.raises(Stopped):
        ask(
            network,
            image,
            Target(1),
            options=options,
            stop=lambda: len(told) > 2,
            progress=lambda passed, expected: told.append(passed),
        )
    assert told[-1] < 302


class Roots(nn.Module):
    """Σ √x, whose slope at black is no number, and another score."""

    def forward(self, images):
        return torch.stack((images.sqrt().sum((1, 2, 3)), images.sum((1, 2, 3))), 1)


def test_where_the_slope_at_the_baseline_is_no_number_gauss_legendre_goes_on():
    image = networks.picture(5, (1, 1, 4, 4))
    found = METHODS["integrated-gradients"].attribute(Roots(), image, Target(0))
    assert found.options["rule"] == "gauss-legendre"
    assert found.completeness.error < 0.01
    assert torch.allclose(found.values, image[0].sqrt(), rtol=0.01)
    with pytest.raises(UserError) as refused:
        METHODS["integrated-gradients"].attribute(Roots(), image, Target(0), options={"rule": "halving"})
    assert refused.value.key == "attribution_not_finite"


def test_class_activation_maps_weigh_the_maps_by_the_slopes_behind_them(exact):
    with torch.no_grad():
        maps = exact.trunk(IMAGE.double())
        pooled, places = nn.functional.max_pool2d(maps, 2, return_indices=True)
        slope = nn.functional.max_unpool2d(exact.fc.weight[K].view_as(pooled), places, 2)
    agree(attribution("grad-cam", layer="relu3").values, (slope.mean((2, 3), keepdim=True) * maps).sum(1)[0])
    agree(attribution("hirescam", layer="relu3").values, (slope * maps).sum(1)[0])


def test_occlusion_is_the_mean_fall_over_the_windows_on_a_pixel(exact):
    total, count = torch.zeros(2, 8, 8, dtype=torch.float64)
    with torch.no_grad():
        whole = exact(IMAGE.double())[0, K]
        for row in (0, 2, 4, 6):  # the last window hangs over the edge
            for column in (0, 2, 4, 6):
                covered = IMAGE.double().clone()
                covered[..., row : row + 3, column : column + 3] = BASELINE[
                    ..., row : row + 3, column : column + 3
                ].double()
                total[row : row + 3, column : column + 3] += whole - exact(covered)[0, K]
                count[row : row + 3, column : column + 3] += 1
    agree(attribution("occlusion", options={"window": 3, "stride": 2}).values[0], total / count)


def back(conv, slope):
    return nn.grad.conv2d_input((1, conv.in_channels, 8, 8), conv.weight, slope, padding=1)


@pytest.mark.parametrize(("name", "guided"), [("guided-backprop", True), ("deconvolution", False)])
def test_ruled_gradients_follow_their_rule_step_by_step(exact, name, guided):
    with torch.no_grad():
        before1 = exact.conv1(IMAGE.double())
        a = before1.clamp_min(0)
        before2 = exact.bn2(exact.conv2(a))
        before3 = a + exact.conv3(before2.clamp_min(0))
        pooled, places = nn.functional.max_pool2d(before3.clamp_min(0), 2, return_indices=True)
        slope = nn.functional.max_unpool2d(exact.fc.weight[K].view_as(pooled), places, 2)

        def rule(slope, before):
            return slope.clamp_min(0) * (before > 0) if guided else slope.clamp_min(0)

        sum_slope = rule(slope, before3)
        inner = rule(back(exact.conv3, sum_slope), before2)
        scale = (exact.bn2.weight / (exact.bn2.running_var + exact.bn2.eps).sqrt()).view(1, -1, 1, 1)
        expected = back(exact.conv1, rule(sum_slope + back(exact.conv2, inner * scale), before1))
    agree(attribution(name).values, expected[0])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("integrated-gradients", {}),
        ("integrated-gradients", {"rule": "halving"}),
        ("input-x-gradient", {}),
        ("deeplift", {}),
        ("gradient-shap", {"noise": 0}),
        ("kernel-shap", {"regions": "squares", "cells": 4, "samples": 512}),
    ],
)
def test_on_a_linear_network_the_shares_are_w_times_x(name, options):
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 3)).requires_grad_(False)
    image = networks.picture(2, (1, 1, 4, 4))
    found = METHODS[name].attribute(network, image, Target(2), options=options)
    assert torch.allclose(found.values, network[1].weight[2].view(1, 4, 4) * image[0], atol=2e-6)


def test_smoothgrad_is_the_mean_slope_at_the_drawn_images(exact):
    found = attribution("smoothgrad", seed=7, options={"samples": 3, "noise": 0.1})
    spread = 0.1 * float(IMAGE.max() - IMAGE.min())
    drawn = IMAGE + torch.normal(0, torch.full((3, 1, 8, 8), spread), generator=torch.Generator().manual_seed(7))
    agree(found.values, sum(slopes(lambda x: exact(x)[:, K], one[None]) for one in drawn)[0] / 3)


def test_gradient_shap_is_the_mean_of_slope_times_distance_at_the_drawn_places(exact):
    found = attribution("gradient-shap", seed=7, options={"samples": 3, "noise": 0.1})
    spread = 0.1 * float(IMAGE.max() - IMAGE.min())
    drawn = IMAGE + torch.normal(0, torch.full((3, 1, 8, 8), spread), generator=torch.Generator().manual_seed(7))
    places = np.random.RandomState(7).uniform(0, 1, 3)
    total = sum(
        slopes(lambda x: exact(x)[:, K], float(place) * one + (1 - float(place)) * BASELINE) * (one - BASELINE)
        for place, one in zip(places, drawn[:, None], strict=True)
    )
    agree(found.values, total[0] / 3)


def test_kernel_shap_comes_near_the_shapley_values_and_keeps_their_sum():
    found = attribution("kernel-shap", options={"regions": "squares", "cells": 2, "samples": 512})
    expected = _shapley(square_regions(8, 8, 2)).detach()
    assert float((found.values[0] - expected).abs().max()) < 0.05 * float(expected.abs().max())
    assert found.completeness.error < 1e-4


def test_deeplift_shap_is_the_mean_over_its_baselines():
    baselines = torch.cat((BASELINE, 1 - BASELINE, torch.zeros_like(BASELINE)))
    each = [attribution("deeplift", baseline=one[None]) for one in baselines]
    found = attribution("deeplift-shap", baseline=baselines)
    agree(found.values, sum(one.values for one in each) / 3)
    scores = NETWORK(torch.cat((IMAGE, baselines)))[:, K].detach()
    assert found.completeness.difference == pytest.approx(float(scores[0] - scores[1:].mean()), abs=1e-5)
    assert found.completeness.error < 1e-3
    assert torch.equal(attribution("deeplift-shap").values, each[0].values)  # of one baseline


def _shapley(regions):
    worth = torch.zeros(4, dtype=torch.float64)
    for order in permutations(range(4)):
        shown = torch.zeros(4, dtype=torch.bool)
        value = NETWORK(BASELINE)[0, K]
        for region in order:
            shown[region] = True
            after = NETWORK(torch.where(shown[regions], IMAGE, BASELINE))[0, K]
            worth[region] += (after - value) / 24
            value = after
    return worth[regions]
