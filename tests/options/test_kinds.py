import subprocess
import sys
from typing import Any

import pytest

from cnnviz.options import Changes, Choice, Flag, Kind, OptionError, Pair, Real, Several, Whole, WholeList
from cnnviz.text import LANGUAGES

LEGAL = [
    (Choice(("max", "avg")), "MAX", "max", "max"),
    (Choice((1.0, 0.5)), "0.50", 0.5, "0.5"),
    (Choice((2, 0)), 2.0, 2, "2"),
    (Choice((False, True)), "true", True, "true"),
    (Several(("crop", "flip")), "flip, crop", ("crop", "flip"), "crop,flip"),
    (Several(("crop", "flip")), "none", (), ""),
    (Whole(1, 9), "3", 3, "3"),
    (Whole(1, 9), 4.0, 4, "4"),
    (Whole(8, 64, automatic=0), "0", 0, "0"),
    (Whole(0, 2**60), str(2**40 + 1), 2**40 + 1, str(2**40 + 1)),
    (Real(0, 1), "1", 1.0, "1"),
    (Real(0, 100, digits=None), "1", 1.0, "1.0"),
    (Real(0, 1, digits=None), 1 / 3, 1 / 3, repr(1 / 3)),
    (Flag(), "1", True, "1"),
    (Flag(("false", "true")), False, False, "false"),
    (WholeList(1, 48, (1, 4)), "6,12", (6, 12), "6,12"),
    (WholeList(1, 48, (1, 4)), [6], (6,), "6"),
    (Pair(1, 9), "3", (3, 3), "3"),
    (Pair(1, 9), "3×5", (3, 5), "3,5"),
    (Pair(0, 9, ("same", "")), "same", "same", "same"),
    (Pair(0, 9, ("same", "")), " ", None, ""),
    (Changes(1e-8, 100), "5:0.1,9:1e-07", ((5, 0.1), (9, 1e-7)), "5:0.1,9:1e-07"),
    (Changes(1e-8, 100), [[5, 0.1]], ((5, 0.1),), "5:0.1"),
    (Changes(1e-8, 100), "", (), ""),
]


@pytest.mark.parametrize(("kind", "given", "value", "text"), LEGAL)
def test_a_legal_value_is_parsed_and_its_text_gives_it_back(kind: Kind[Any], given: Any, value: Any, text: str) -> None:
    assert kind.parse(given) == value
    assert type(kind.parse(given)) is type(value)
    assert kind.format(value) == text
    assert kind.parse(text) == value


ILLEGAL = [
    *((Choice(("max", "avg")), value, "option_choice") for value in ("min", "", None, ["max"], {"a": 1}, 1)),
    *((Choice((False, True)), value, "option_choice") for value in (1, "1", "yes")),
    *((Choice((1.0, 0.5)), value, "option_choice") for value in (0.3, True, "nan", "１")),
    *((Several(("crop", "flip")), value, "option_choices") for value in ("crop,rotate", 3, [["crop"]])),
    *(
        (Whole(1, 9), value, "option_whole")
        for value in (0, 10, 2.5, "2.5", True, None, "many", "nan", "9" * 400, "３")
    ),
    *((Whole(8, 64, automatic=0), value, "option_whole") for value in (1, -1, 65)),
    *((Real(0, 1), value, "option_number") for value in (-0.1, 1.1, "nan", "inf", None, True, [], 1e400)),
    *((Flag(), value, "option_choice") for value in ("yes", 2, None, "")),
    *(
        (WholeList(1, 48, (1, 4)), text, "option_list")
        for text in ("", "4,", "0,1", "1,2,3,4,5", "1.5", 4, None, "a,b")
    ),
    *((Pair(1, 9), text, "option_list") for text in ("", "x", "1,2,3", "10", "0", "1.5", "same", None)),
    *((Changes(1e-8, 100), value, "option_changes") for value in ("5", "9:0.1,3:0.2", "3:1e9", [[1, "nan"]], 7, "a:1")),
]


@pytest.mark.parametrize(("kind", "value", "key"), ILLEGAL)
def test_an_illegal_value_is_told_in_one_sentence_that_names_the_option(kind: Kind[Any], value: Any, key: str) -> None:
    with pytest.raises(OptionError) as caught:
        kind.parse(value, "depth")
    assert caught.value.key == key
    for language in LANGUAGES:
        sentence = caught.value.describe(language)
        assert "depth" in sentence
        assert "\n" not in sentence


def test_an_error_of_an_option_is_a_value_error_that_a_parser_of_links_can_catch() -> None:
    with pytest.raises(ValueError, match="from 1 to 9"):
        Whole(1, 9).parse("ten")


def test_options_load_neither_torch_nor_streamlit() -> None:
    code = "import sys, cnnviz.options; sys.exit(bool({'torch', 'streamlit', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
