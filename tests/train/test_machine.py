import pytest
import torch
from torch import nn

from cnnviz.train import TrainConfig, settle
from cnnviz.train.machine import DEVICES, has_bfloat16


def test_the_best_device_that_is_there_is_chosen(network, monkeypatch):
    best = next(name for name, there in DEVICES.items() if there())
    assert settle(TrainConfig(), network).device == best
    for name in ("cuda", "mps"):
        monkeypatch.setitem(DEVICES, name, lambda: False)
    assert settle(TrainConfig(), network).device == "cpu"


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_a_precision_that_is_asked_for_is_used(asked, network):
    machine = settle(TrainConfig(precision=asked, device="cpu"), network)
    with machine.arithmetic():
        outputs = network(torch.zeros(1, 1, 12, 12))
    assert machine.precision == asked
    assert outputs.dtype == getattr(torch, asked)


def test_bfloat16_is_chosen_only_where_the_processor_has_it_and_a_layer_is_wide(network, monkeypatch):
    narrow = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5))
    for native in (True, False):
        monkeypatch.setattr("cnnviz.train.machine.has_bfloat16", lambda device, native=native: native)
        config = TrainConfig(device="cpu")
        assert settle(config, network).precision == ("bfloat16" if native else "float32")
        assert settle(config, narrow).precision == "float32"


def test_bfloat16_is_found_by_the_processors_own_flags():
    has_bfloat16.cache_clear()
    flags = torch.backends.cpu.get_cpu_capability()
    if flags not in ("AVX512", "AMX"):
        assert not has_bfloat16("cpu") or "SVE" in flags
    else:
        assert has_bfloat16("cpu") == torch.cpu._is_avx512_bf16_supported()


def test_float32_with_batch_normalization_keeps_the_plain_layout_where_it_is_exact():
    wide = nn.Conv2d(16, 16, 3)
    normalised = nn.Sequential(wide, nn.BatchNorm2d(16))
    assert not settle(TrainConfig(device="cpu", precision="float32"), normalised).channels_last
    assert settle(TrainConfig(device="cpu", precision="float32"), wide).channels_last
    assert settle(TrainConfig(device="cpu", precision="bfloat16"), normalised).channels_last


def test_channels_last_is_for_the_cpu_and_for_wide_layers_of_a_gpu(monkeypatch):
    monkeypatch.setattr("cnnviz.train.machine.has_bfloat16", lambda device: False)
    monkeypatch.setattr("cnnviz.train.machine.processor_name", lambda device: device)
    for name in ("cuda", "mps"):
        monkeypatch.setitem(DEVICES, name, lambda: True)
    narrow, wide = nn.Conv2d(1, 6, 5), nn.Conv2d(16, 16, 3)
    chosen = {
        device: [settle(TrainConfig(device=device), model).channels_last for model in (narrow, wide)]
        for device in ("cpu", "cuda", "mps")
    }
    assert chosen == {"cpu": [True, True], "cuda": [False, True], "mps": [False, False]}


@pytest.mark.parametrize("layout", ["contiguous", "channels-last"])
def test_a_layout_that_is_asked_for_is_used(layout):
    for model in (nn.Conv2d(1, 4, 3), nn.Sequential(nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16))):
        machine = settle(TrainConfig(layout=layout, device="cpu", precision="float32"), model)
        assert machine.channels_last == (layout == "channels-last")


def test_threads_and_draws_are_the_machines_inside_and_the_process_own_again_outside(network):
    machine = settle(TrainConfig(threads=3, device="cpu"), network)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    draws = []
    for _ in range(2):
        with machine.work(7):
            assert torch.get_num_threads() == 3
            draws.append(torch.rand(4))
    assert torch.equal(*draws)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
