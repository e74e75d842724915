import copy

import torch
from torch import nn
from torch.nn import functional as F

from cnnviz.bench.bfloat16_emulation import Bfloat16Emulation

NETWORK = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 3))


def slopes(network, maps):
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(maps)
    F.cross_entropy(scores.float(), torch.tensor([0, 2])).backward()
    return scores, [weight.grad for weight in network.parameters()]


def test_it_rounds_as_torchs_own_bfloat16_does():
    torch.manual_seed(0)
    maps = torch.rand(2, 2, 4, 4)
    expected, expected_slopes = slopes(copy.deepcopy(NETWORK), maps)
    with Bfloat16Emulation():
        scores, found_slopes = slopes(copy.deepcopy(NETWORK), maps)
    assert scores.dtype == torch.bfloat16
    torch.testing.assert_close(scores, expected, rtol=2**-7, atol=2**-9)
    for found, wanted in zip(found_slopes, expected_slopes, strict=True):
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, wanted, rtol=2**-6, atol=float(wanted.abs().max()) * 2**-6)


def test_a_sum_is_that_of_rounded_operands_rounded_once():
    maps, weight = torch.tensor([[1.001, 1.0]]), torch.tensor([[1.0, 2**-9]])  # 1.001 is 1 in bfloat16
    with Bfloat16Emulation(), torch.autocast("cpu", torch.bfloat16):
        assert F.linear(maps, weight).item() == 1.0
        sum_3_02734375 = F.linear(torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 0.02734375]]))
        assert sum_3_02734375.item() == 3.03125  # the neighbours are 1/64 apart


def test_outside_autocast_nothing_is_rounded():
    maps, weight = torch.rand(1, 8), torch.rand(3, 8)
    with Bfloat16Emulation():
        assert torch.equal(F.linear(maps, weight), maps @ weight.T)
