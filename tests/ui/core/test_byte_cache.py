"""What is held never weighs more than its share."""

import threading

import pytest

from cnnviz.ui.core.byte_cache import ByteCache, memory_left


def test_the_cache_never_holds_more_than_its_bytes() -> None:
    cache: ByteCache[int] = ByteCache(max_bytes=100, max_entries=10)
    for key in range(20):
        assert cache.get(key, 30, lambda key=key: key) == key
        assert cache.held_bytes <= 100


def test_the_least_recently_used_goes_first() -> None:
    cache: ByteCache[str] = ByteCache(max_bytes=100, max_entries=2)
    cache.get("a", 1, lambda: "a")
    cache.get("b", 1, lambda: "b")
    cache.get("a", 1, lambda: "never made")
    cache.get("c", 1, lambda: "c")
    assert "a" in cache
    assert "b" not in cache


def test_a_value_heavier_than_the_cache_is_held_alone_until_the_next() -> None:
    cache: ByteCache[str] = ByteCache(max_bytes=10, max_entries=3)
    cache.get("light", 4, lambda: "light")
    assert cache.get("heavy", 11, lambda: "made") == "made"
    assert cache.get("heavy", 11, lambda: "made again") == "made"
    assert "light" not in cache
    cache.get("light", 4, lambda: "light")
    assert "heavy" not in cache


def test_what_several_values_hold_in_common_counts_once() -> None:
    cache: ByteCache[str] = ByteCache(max_bytes=100, max_entries=9)
    for key in "abc":
        cache.get(key, 10, lambda: "made", part="network", part_size=60)
    assert cache.held_bytes == 90
    cache.get("d", 10, lambda: "made", part="another", part_size=60)
    assert cache.held_bytes == 70, "the network went with the last that held it"
    assert "d" in cache


def test_no_lock_outlives_its_call() -> None:
    cache: ByteCache[str] = ByteCache(max_bytes=10, max_entries=2)
    for _ in range(3):
        cache.get("key", 1, lambda: "made")
    assert cache._making == {}


def test_sessions_that_ask_at_once_share_one_value() -> None:
    cache: ByteCache[object] = ByteCache(max_bytes=10, max_entries=2)
    started = threading.Barrier(8)
    found: list[object] = []

    def ask() -> None:
        started.wait()
        found.append(cache.get("key", 1, object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_a_failed_build_leaves_the_cache_usable() -> None:
    cache: ByteCache[str] = ByteCache(max_bytes=10, max_entries=2)

    def fail() -> str:
        raise MemoryError

    with pytest.raises(MemoryError):
        cache.get("key", 1, fail)
    assert cache.get("key", 1, lambda: "made") == "made"


def test_the_setting_says_how_much_memory_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MEMORY_MB", "600")
    assert memory_left() == 600 * 10**6
    monkeypatch.setenv("CNNVIZ_MEMORY_MB", "plenty")
    assert memory_left() > 0
