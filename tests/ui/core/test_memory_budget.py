"""The table of memory budgets, and the caches within it."""

import pytest

from cnnviz.ui.core import byte_cache, memory_budget
from cnnviz.ui.core.memory_budget import BUDGETS, COMPUTATIONS, MemoryBudget, budget_bytes, shared_cache


@pytest.fixture
def small_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with 600 MB for networks, as hosted Streamlit's smallest."""
    monkeypatch.setattr(memory_budget, "server_memory", lambda: 600 * byte_cache.MEGABYTE)


def test_the_shares_of_all_budgets_sum_to_the_whole_memory() -> None:
    assert sum(budget.share for budget in BUDGETS.values()) == pytest.approx(1)


@pytest.mark.usefixtures("small_server")
def test_all_budgets_together_fit_the_memory_of_a_small_server() -> None:
    assert sum(map(budget_bytes, BUDGETS)) <= 600 * byte_cache.MEGABYTE
    assert budget_bytes("networks") == 150 * byte_cache.MEGABYTE
    assert budget_bytes("thumbnails") == 6 * byte_cache.MEGABYTE


def test_a_budget_stops_at_what_is_enough_however_much_memory_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_budget, "server_memory", lambda: 64 * 2**30)
    assert budget_bytes("predictions") == 64 * 2**20
    assert budget_bytes("networks") == 16 * 2**30


def test_every_cache_bounds_its_entries_and_the_computations_have_none() -> None:
    assert all(budget.entries > 0 for name, budget in BUDGETS.items() if name != COMPUTATIONS)
    assert BUDGETS[COMPUTATIONS].entries == 0


def test_a_shared_cache_is_one_for_the_server_and_keeps_to_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_budget, "BUDGETS", {"toy": MemoryBudget(1.0, most=10, entries=5)})
    cache = shared_cache("toy")
    assert shared_cache("toy") is cache
    for number in range(9):
        cache.get(number, 4, lambda: None)
    assert memory_budget.held_bytes("toy") == 8
