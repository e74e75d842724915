import pytest

from cnnviz.bench import losses as bench
from cnnviz.errors import UserError
from cnnviz.train import machine
from tests.train.small import patterns


class Patterns:
    """Twenty-four images of three classes in place of the set."""

    def load(self, split, limit):
        return patterns(24, side=28)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(bench, "dataset", lambda name: Patterns())
    monkeypatch.setattr(bench, "FIRST", 4)
    monkeypatch.setattr(bench, "LATE", slice(4, 6))


def test_a_row_compares_the_same_steps_of_both_loops():
    (row,) = bench.run(("lenet-28",), batch_size=8)
    assert (row.name, row.batch_size) == ("lenet-28", 8)
    assert row.first <= 1e-3
    assert 0 < row.late < 0.05
    assert row.late == pytest.approx(abs(row.bfloat16_late / row.plain_late - 1))


def test_a_loop_that_computes_something_else_is_seen(monkeypatch):
    monkeypatch.setattr(bench, "our_losses", lambda network, images, config, steps: [5.0] * steps)
    (row,) = bench.run(("lenet-28",), batch_size=8)
    assert row.first > 1
    assert row.late > 0.5


def test_an_unknown_row_is_refused():
    with pytest.raises(UserError, match="lenet-28"):
        next(bench.run(("lenet",)))


def test_a_training_that_ends_early_leaves_no_number(monkeypatch):
    monkeypatch.setattr(bench, "our_losses", lambda network, images, config, steps: [2.3])
    (row,) = bench.run(("lenet-28",), batch_size=8)
    assert row.first != row.first
    assert row.bfloat16_late != row.bfloat16_late


@pytest.mark.parametrize("native", [True, False])
def test_a_row_says_whether_bfloat16_was_rounding(monkeypatch, native):
    monkeypatch.setattr(machine, "has_bfloat16", lambda device: native)
    (row,) = bench.run(("lenet-28",), batch_size=8)
    assert row.rounding is not native
