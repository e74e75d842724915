import unicodedata

import pytest

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.text.printable import LONGEST_TEXT, LONGEST_WORD, escape_hidden, printable

WITH_A_GLYPH = ("ARABIC", "SYRIAC ABBREVIATION MARK", "KAITHI", "EGYPTIAN HIEROGLYPH")
JOINERS = "\u200c\u200d"


def test_every_character_that_shows_nothing_or_moves_others_is_escaped() -> None:
    hidden = [
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and not (unicodedata.name(character, "").startswith(WITH_A_GLYPH) and character != "\u061c")
    ]
    shown = escape_hidden("".join(f"a{character}" for character in hidden))
    assert shown.isascii()
    assert shown.isprintable()


def test_letters_marks_and_joined_characters_stay_as_they_are() -> None:
    for text in ("é e\u0301 猫 ネコ 🔥 ❤\ufe0f", "می\u200cخواهم", "👩\u200d🔬", "क्\u200dष", "a\u00a0b\u3000c"):
        assert escape_hidden(text) == text
    for joiner in JOINERS:
        assert escape_hidden(f"le{joiner}net") == "le" + joiner.encode("unicode_escape").decode() + "net"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ud800", r"\ud800"),
    ],
)
def test_an_escape_is_written_as_python_writes_it(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_word_and_a_long_text_are_cut_in_the_middle() -> None:
    word = printable(f"x {'a' * 2500}{'b' * 2500} y")
    half = LONGEST_WORD // 2
    assert word == f"x {'a' * half}…{'b' * half} y"
    text = printable("first " + "word " * 2000 + "last")
    assert len(text) == LONGEST_TEXT + 1
    assert text.startswith("first ")
    assert text.endswith(" last")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_can_be_shown_whatever_a_user_wrote(language: str) -> None:
    said = UserError("unknown_checkpoint", known="lenet", name="conv1\ud800\n\x1b[2J\u202e" + "x" * 100_000).describe(
        language
    )
    assert len(said.encode()) < 500
    assert r"conv1\ud800\n\x1b[2J\u202exx" in said
    assert len(said.splitlines()) == 1


def test_the_values_of_a_refusal_are_numbers_and_text() -> None:
    values = UserError("num_classes", low=1, high=10.5, got=("\ud800", 3)).values
    assert values == {"low": 1, "high": 10.5, "got": r"('\ud800', 3)"}
