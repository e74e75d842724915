"""The clock of the benches."""

import time

import pytest

from cnnviz.bench.timing import time_interleaved
from cnnviz.errors import UserError


def test_the_ratio_is_ours_over_theirs_of_the_best_of_turns():
    order = []
    found = time_interleaved(
        "sleep",
        lambda: (order.append("ours"), time.sleep(0.01)),
        lambda: (order.append("theirs"), time.sleep(0.04)),
        rounds=3,
    )
    assert order == ["ours", "theirs"] * 4
    assert 0.2 < found.ratio < 0.35


def test_a_turn_is_filled_with_calls():
    calls = []
    time_interleaved(
        "short",
        lambda: calls.append("ours"),
        lambda: (calls.append("theirs"), time.sleep(0.02)),
        rounds=1,
        seconds=0.01,
    )
    assert calls.count("ours") > 10
    assert calls.count("theirs") == 2


def test_the_trace_bench_measures_four_networks_and_refuses_without_its_rival(monkeypatch):
    from cnnviz.bench import trace as bench

    monkeypatch.setattr(bench, "NETWORKS", {"VGG-11": bench.NETWORKS["VGG-11"]})
    pytest.importorskip("torchinfo")
    (ratio,) = bench.run(rounds=3)
    assert ratio.name == "VGG-11"
    assert ratio.ratio < 1.5

    def without(name):
        raise ImportError(name)

    monkeypatch.setattr(bench, "import_module", without)
    with pytest.raises(UserError, match="torchinfo"):
        bench.run()
