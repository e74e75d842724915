import pytest
import torch
from torch import nn

from cnnviz.accelerate.memory_layout import prefers_bfloat16
from cnnviz.errors import UserError
from cnnviz.train import TrainConfig, resolve_machine
from cnnviz.train.machine import DEVICES, has_bfloat16
from cnnviz.zoo import build


def test_the_best_device_that_is_there_is_chosen(network, monkeypatch):
    best = next(name for name, there in DEVICES.items() if there())
    assert resolve_machine(TrainConfig(), network).device == best
    for name in ("cuda", "mps"):
        monkeypatch.setitem(DEVICES, name, lambda: False)
    assert resolve_machine(TrainConfig(), network).device == "cpu"


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_a_precision_that_is_asked_for_is_used(asked, network):
    machine = resolve_machine(TrainConfig(precision=asked, device="cpu"), network)
    with machine.autocast():
        outputs = network(torch.zeros(1, 1, 12, 12))
    assert machine.precision == asked
    assert outputs.dtype == getattr(torch, asked)


def test_bfloat16_is_chosen_only_where_the_processor_has_it_and_a_layer_is_wide(network, monkeypatch):
    narrow = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5))
    for said, expected in (("on", "bfloat16"), ("off", "float32")):
        monkeypatch.setenv("CNNVIZ_BFLOAT16", said)
        config = TrainConfig(device="cpu")
        assert resolve_machine(config, network).precision == expected
        assert resolve_machine(config, narrow).precision == "float32"


def test_depthwise_convolutions_stay_in_float32_on_the_cpu_unless_asked_otherwise(monkeypatch):
    monkeypatch.setenv("CNNVIZ_BFLOAT16", "on")
    for version in ("v1", "v2", "v3-small"):
        model = build("mobilenet", {"version": version}, (3, 64, 64), 10, device="meta")
        assert resolve_machine(TrainConfig(device="cpu"), model).precision == "float32"
        assert resolve_machine(TrainConfig(device="cpu", precision="bfloat16"), model).precision == "bfloat16"
        assert prefers_bfloat16(model, "cuda")
    resnet = build("resnet", {}, (1, 32, 32), 10, device="meta")
    assert resolve_machine(TrainConfig(device="cpu"), resnet).precision == "bfloat16"


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"architecture": "x86_64", "avx2": True, "avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"architecture": "x86_64", "avx2": True, "avx512_f": True, "avx512_bf16": True, "amx_bf16": False}, True),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": True}, True),
        ({"architecture": "aarch64", "neon": True, "bf16": True}, True),
        ({"architecture": "aarch64", "neon": True, "bf16": False}, False),
    ],
    ids=["avx512", "avx512_bf16", "amx", "arm", "arm without"],
)
@pytest.mark.parametrize("said", ["auto", "", None])
def test_bfloat16_is_found_by_the_processors_own_instructions(said, capabilities, expected, monkeypatch):
    if said is None:
        monkeypatch.delenv("CNNVIZ_BFLOAT16", raising=False)
    else:
        monkeypatch.setenv("CNNVIZ_BFLOAT16", said)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert has_bfloat16("cpu") == expected
    assert not has_bfloat16("mps")


def test_the_setting_for_bfloat16_overrules_the_processor_and_anything_else_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setenv("CNNVIZ_BFLOAT16", "off")
    assert not has_bfloat16("cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    monkeypatch.setenv("CNNVIZ_BFLOAT16", "on")
    assert has_bfloat16("cpu")
    monkeypatch.setenv("CNNVIZ_BFLOAT16", "yes")
    with pytest.raises(UserError, match="CNNVIZ_BFLOAT16 cannot be yes; choose one of auto, on, off"):
        resolve_machine(TrainConfig(device="cpu"), nn.Conv2d(16, 16, 3))


@pytest.fixture
def avx2(monkeypatch):
    """As on a processor with AVX2, without instructions for bfloat16."""
    monkeypatch.setenv("CNNVIZ_BFLOAT16", "off")
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: "AVX2")


def test_float32_with_batch_normalization_keeps_the_plain_layout_where_it_is_exact(avx2):
    wide = nn.Conv2d(16, 16, 3)
    normalised = nn.Sequential(wide, nn.BatchNorm2d(16))
    assert not resolve_machine(TrainConfig(device="cpu", precision="float32"), normalised).channels_last
    assert resolve_machine(TrainConfig(device="cpu", precision="float32"), wide).channels_last
    assert resolve_machine(TrainConfig(device="cpu", precision="bfloat16"), normalised).channels_last


def test_channels_last_is_for_the_cpu_and_for_wide_layers_of_a_gpu(avx2, monkeypatch):
    monkeypatch.setattr("cnnviz.train.machine.processor_name", lambda device: device)
    for name in ("cuda", "mps"):
        monkeypatch.setitem(DEVICES, name, lambda: True)
    narrow, wide = nn.Conv2d(1, 6, 5), nn.Conv2d(16, 16, 3)
    chosen = {
        device: [resolve_machine(TrainConfig(device=device), model).channels_last for model in (narrow, wide)]
        for device in ("cpu", "cuda", "mps")
    }
    assert chosen == {"cpu": [True, True], "cuda": [False, True], "mps": [False, False]}


@pytest.mark.parametrize("instructions", ["AVX512", "DEFAULT"])
def test_on_the_cpu_channels_last_is_for_the_instructions_on_which_it_was_measured(instructions, avx2, monkeypatch):
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: instructions)
    assert not resolve_machine(TrainConfig(device="cpu", precision="float32"), nn.Conv2d(1, 6, 5)).channels_last


@pytest.mark.parametrize("layout", ["contiguous", "channels-last"])
def test_a_layout_that_is_asked_for_is_used(layout):
    for model in (nn.Conv2d(1, 4, 3), nn.Sequential(nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16))):
        machine = resolve_machine(TrainConfig(layout=layout, device="cpu", precision="float32"), model)
        assert machine.channels_last == (layout == "channels-last")


def test_threads_and_draws_are_the_machines_inside_and_the_process_own_again_outside(network):
    machine = resolve_machine(TrainConfig(threads=3, device="cpu"), network)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    draws = []
    for _ in range(2):
        with machine.session(7):
            assert torch.get_num_threads() == 3
            draws.append(torch.rand(4))
    assert torch.equal(*draws)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
