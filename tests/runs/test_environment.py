"""A machine is called by words of the reader's language."""

import pytest

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.runs.environment import describe_machine, machine_name
from cnnviz.text import LANGUAGES


@pytest.mark.parametrize(
    ("name", "threads", "device", "said"),
    [
        ("AMD EPYC", 1, "cpu", "AMD EPYC with one thread"),
        ("Xeon, 2 sockets", 12, "cpu", "Xeon, 2 sockets with 12 threads"),
        ("NVIDIA H100", 4, "cuda", "NVIDIA H100 (GPU)"),
        ("Apple M2", 1, "mps", "Apple M2 (GPU)"),
    ],
)
def test_a_machine_s_name_is_said_in_words(name: str, threads: int, device: str, said: str) -> None:
    written = machine_name({"name": name, "threads": threads, "device": device})
    assert describe_machine(written) == said
    assert all(name in describe_machine(written, language) for language in LANGUAGES)
    assert describe_machine(name) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_card_shows_the_raw_name_of_its_machine(language: str) -> None:
    assert not any("×" in describe_machine(card.machine, language) for card in CHECKPOINTS.values())
