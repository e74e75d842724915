"""Users' files share the memory: bytes decide, and nobody's small file makes room for another's many."""

from hashlib import sha256

from cnnviz.models.file_store import FileStore


def _data(number: int, size: int = 9_000) -> bytes:
    return number.to_bytes(2, "little") + bytes(size - 2)


def test_a_file_is_known_by_the_hash_of_its_content() -> None:
    held = FileStore(100_000)
    digest = held.put(b"weights", "a")
    assert digest == sha256(b"weights").hexdigest()
    assert held.get(digest) == b"weights"
    assert held.put(b"weights", "b") == digest
    assert held.total_bytes == 1_007


def test_as_many_files_are_held_as_have_room() -> None:
    held = FileStore(200_000_000)
    digests = [held.put(_data(number, 180_000), f"user {number}") for number in range(60)]
    assert all(held.get(digest) for digest in digests)


def test_asking_for_a_file_that_is_gone_removes_no_other() -> None:
    held = FileStore(20_000)
    first, second = held.put(_data(1), "a"), held.put(_data(2), "b")
    assert held.get("0" * 64) is None
    assert held.get(first) == _data(1)
    assert held.get(second) == _data(2)


def test_ones_own_oldest_file_makes_room_for_ones_new_one() -> None:
    held = FileStore(30_000)
    others = held.put(_data(0), "other")
    mine = [held.put(_data(number), "me") for number in (1, 2, 3, 4)]
    assert held.get(others) is not None
    assert [held.get(digest) is not None for digest in mine] == [False, False, True, True]


def test_a_new_user_takes_the_room_of_who_holds_the_most() -> None:
    held = FileStore(40_000)
    small = held.put(_data(0), "small")
    many = [held.put(_data(number), "many") for number in (1, 2, 3)]
    new = held.put(_data(9), "new")
    assert held.get(small) is not None
    assert held.get(new) is not None
    assert [held.get(digest) is not None for digest in many] == [False, True, True]


def test_a_file_that_two_users_brought_stays_for_the_other() -> None:
    held = FileStore(20_000)
    shared = held.put(_data(0), "me")
    held.put(_data(0), "other")
    held.put(_data(1), "me")
    held.put(_data(2), "me")
    assert held.find(shared[:16], "other") == shared
    assert held.find(shared[:16], "me") is None


def test_a_file_is_found_by_its_owner_alone() -> None:
    held = FileStore(20_000)
    digest = held.put(_data(0), "me")
    assert held.find(digest[:16], "me") == digest
    assert held.find(digest[:16], "stranger") is None
    assert held.find("f" * 16, "me") is None


def test_a_great_many_tiny_files_are_bounded_too() -> None:
    held = FileStore(20_000)
    for number in range(100):
        held.put(number.to_bytes(2, "little"), f"user {number}")
    assert held.total_bytes <= 20_000
    assert len(held._files) < 20


def test_a_file_larger_than_all_the_room_is_held_alone() -> None:
    held = FileStore(20_000)
    held.put(_data(0), "me")
    large = held.put(_data(1, 50_000), "other")
    assert held.get(large) is not None
    assert len(held._files) == 1
