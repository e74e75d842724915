"""The switch that leaves everything to torch, and that leaving it changes no result beyond rounding."""

import copy
import platform

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.accelerate import malloc
from cnnviz.accelerate.fast_paths import FAST_PATHS, is_enabled, is_plain
from cnnviz.accelerate.memory_layout import prefers_channels_last
from cnnviz.accelerate.output_shapes import empty_output, empty_result
from cnnviz.accelerate.processor import instruction_set
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.train import StepReport, TrainConfig, resolve_machine, train
from tests.train.small import patterns

NARROW = nn.Sequential(nn.Conv2d(1, 6, 5))


@pytest.fixture(autouse=True)
def avx2(monkeypatch):
    """As on the processors on which every path is on."""
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: "AVX2")
    monkeypatch.delenv("CNNVIZ_PLAIN", raising=False)


@pytest.fixture
def plain(monkeypatch):
    monkeypatch.setenv("CNNVIZ_PLAIN", "1")


def test_every_path_is_on_where_it_was_measured():
    assert all(map(is_enabled, FAST_PATHS))
    assert resolve_machine(TrainConfig(device="cpu", precision="float32"), NARROW).fast_kernels
    assert prefers_channels_last(NARROW, "cpu", "float32")
    assert empty_output(nn.Linear(5, 7).to("meta"), torch.empty(1, 5, device="meta")).shape == (1, 7)
    assert empty_result(torch.cat, ([torch.empty(2, device="meta")] * 2,), {}).shape == (4,)


def test_the_switch_turns_each_path_off(plain, monkeypatch):
    assert not any(map(is_enabled, FAST_PATHS))
    assert resolve_machine(TrainConfig(device="cpu", precision="float32"), NARROW).fast_kernels == ()
    assert not prefers_channels_last(NARROW, "cpu", "float32")
    assert not prefers_channels_last(nn.Conv2d(32, 32, 3), "cuda", "bfloat16")
    assert empty_output(nn.Linear(5, 7).to("meta"), torch.empty(1, 5, device="meta")) is None
    assert empty_result(torch.cat, ([torch.empty(2, device="meta")] * 2,), {}) is None
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.40"))
    assert not malloc.keep_freed_memory()


@pytest.mark.parametrize("path", FAST_PATHS.values(), ids=FAST_PATHS)
def test_each_path_says_what_it_saves_on_what_and_when(path):
    assert path.saves
    assert "torch 2." in path.measured
    assert "20" in path.measured


@pytest.mark.parametrize("name", [name for name, path in FAST_PATHS.items() if path.instruction_sets])
@pytest.mark.parametrize("instructions", ["AVX512", "DEFAULT", "SVE256"])
def test_a_path_measured_on_avx2_alone_is_off_elsewhere(name, instructions, monkeypatch):
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: instructions)
    assert not is_enabled(name)


@pytest.mark.parametrize("value", ["yes", "2", "on"])
def test_a_switch_that_is_neither_0_nor_1_is_refused_in_one_sentence(value, monkeypatch):
    monkeypatch.setenv("CNNVIZ_PLAIN", value)
    with pytest.raises(UserError, match=f"CNNVIZ_PLAIN cannot be {value}; choose one of 0, 1") as refused:
        is_plain()
    assert all("\n" not in refused.value.describe(language) for language in LANGUAGES)


def test_wider_vectors_of_the_processor_count_also_where_torchs_kernels_are_held_back(monkeypatch):
    monkeypatch.undo()
    for wide, torchs, expected in ((True, "AVX2", "AVX512"), (False, "AVX2", "AVX2"), (False, "DEFAULT", "DEFAULT")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda wide=wide: {"avx512_f": wide})
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda torchs=torchs: torchs)
        instruction_set.cache_clear()
        assert instruction_set() == expected
    instruction_set.cache_clear()


FORMS = {
    "lenet": ({}, 28, 0.5),
    "vgg": ({"width": 0.125, "hidden": 32}, 32, 0.05),
    "resnet": ({"width": 0.125}, 32, 0.05),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_training_with_the_fast_paths_meets_torchs_own_losses(name, monkeypatch):
    options, side, rate = FORMS[name]
    config = TrainConfig(
        epochs=1, batch_size=8, learning_rate=rate, image_size=side, device="cpu", precision="float32", threads=1
    )
    fast = zoo.build(name, options, (1, side, side), 3)
    plain = copy.deepcopy(fast)
    ours = losses(fast, config)
    monkeypatch.setenv("CNNVIZ_PLAIN", "1")
    assert losses(plain, config) == pytest.approx(ours, abs=1e-3)


def losses(network, config):
    reports = train(network, patterns(40), patterns(9, seed=1), config)
    return [report.loss for report in reports if isinstance(report, StepReport)]
