"""The page of one's own network as a user's session sees it."""

import pickle
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from cnnviz.definitions import build, parse_pytorch, to_link
from cnnviz.definitions.onnx_form import onnx_process
from cnnviz.definitions.weights_form import to_safetensors
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec
from cnnviz.models.sources.own import own_file_weights
from cnnviz.models.sources.table import format_weights
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.inputs.own_network import OpenedFile
from cnnviz.ui.pages.own.opened_file import network_in
from tests.definitions.small_network import SMALL_NETWORK
from tests.pages.opening import open_link, open_page, rerun

BROKEN = """net = nn.Sequential(
    nn.Conv2d(1, 32, kernel_size=5, padding=2),
    nn.MaxPool2d(4),
    nn.Flatten(),
    nn.Linear(1050, 10),
)
"""


def _write(page: AppTest, text: str) -> AppTest:
    page.text_area(key="own.text").set_value(text)
    page.run()
    assert not page.exception
    return page


def _excerpt(page: AppTest) -> str:
    """Return the lines of the text about the marked one."""
    (found,) = (code.value for code in page.code if "→" in code.value)
    return found


def _link(page: AppTest) -> str:
    given = page.query_params["own"]
    return given if isinstance(given, str) else given[0]


def test_untouched_it_shows_lenet_and_the_numbers_of_the_course() -> None:
    page = open_link("own")
    assert "nn.Conv2d(1, 6, kernel_size=5, padding=2)" in page.text_area[0].value
    assert "61,706" in page.success[0].value
    assert "416,520" in page.success[0].value
    table = page.dataframe[0].value
    assert list(table["Output shape"])[:3] == ["6×28×28", "6×28×28", "6×14×14"]
    assert int(table["Parameters"].sum()) == 61_706
    assert "own" not in page.query_params


def test_a_break_is_shown_at_its_line_and_one_click_mends_it() -> None:
    page = _write(open_link("own"), BROKEN)
    assert "1568" in page.error[0].value
    assert "→ 5 │     nn.Linear(1050, 10)," in _excerpt(page)
    assert any("32·7·7 = 1568 ≠ 1050" in one.value for one in page.markdown)
    assert list(page.dataframe[0].value["Output shape"]) == ["32×28×28", "32×7×7", "1568"]
    page.button(key="own.fix.0").click()
    rerun(page)
    assert "nn.Linear(1568, 10)" in page.text_area[0].value
    assert page.success
    next(one for one in page.button if one.label == "Undo").click()
    page.run()
    assert page.text_area[0].value == BROKEN


def test_what_cannot_be_read_is_told_with_line_and_column() -> None:
    page = _write(open_link("own"), "net = nn.Sequential(\n    nn.Flatten(),\n    open('x'),\n)\n")
    assert "Line 3, column 5" in page.error[0].value.replace("\\", "")
    assert _excerpt(page).splitlines()[-3:] == ["→ 3 │     open('x'),", "    │     ^", "  4 │ )"]
    assert not page.dataframe


def test_the_link_holds_the_network_and_its_image_size() -> None:
    first = _write(
        open_link("own"), "net = nn.Sequential(nn.Flatten(), nn.Linear(48, 10))\nnet(torch.rand(1, 3, 4, 4))"
    )
    assert first.text_input(key="own.image").value == "3, 4, 4"
    link = _link(first)
    again = open_link("own", own=link)
    assert "nn.Linear(48, 10)" in again.text_area[0].value
    assert again.text_input(key="own.image").value == "3, 4, 4"
    assert _link(again) == link


def test_a_link_to_a_broken_network_opens_with_its_break() -> None:
    page = open_link("own")
    page.query_params["own"] = str(to_link(parse_pytorch(BROKEN, (1, 28, 28))))
    page.session_state["address.pending"] = {"own"}
    page.run()
    assert not page.exception
    assert "1050" in page.text_area[0].value
    assert "32·7·7" in page.error[0].value


def test_habits_are_told_with_their_line() -> None:
    text = "net = nn.Sequential(\n nn.Conv2d(1, 4, 3),\n nn.BatchNorm2d(4),\n nn.ReLU(),\n nn.Flatten(),\n"
    page = _write(open_link("own"), text + " nn.LazyLinear(10),\n nn.Softmax(1),\n)")
    told = [one.value for one in page.info]
    assert len(told) == 2
    assert told[0].startswith("Line 2:")
    assert "bias" in told[0]
    assert told[1].startswith("Line 7:")


def test_a_network_of_the_course_is_opened_as_a_starting_point() -> None:
    page = open_link("own")
    page.selectbox(key="own.opened").select("resnet")
    rerun(page)
    assert "class Residual" in page.text_area[0].value or "nn.Module" in page.text_area[0].value
    assert page.text_input(key="own.image").value == "1, 96, 96"
    assert page.success


def test_a_hosted_server_refuses_a_network_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    text = "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 1000000))"
    page = _write(open_link("own"), text)
    assert "785,000,000" not in page.error[0].value.replace("\\", "") or "150,000,000" in page.error[0].value
    assert not page.success


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(language: str) -> None:
    page = open_page("own", lang=language)
    assert page.title[0].value == load("pages/own", language)("title")


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        (pickle.dumps({"a": 1}), "net.pth", "weights_pickle"),
        (b"\x89HDF\r\n\x1a\n" + bytes(64), "net.h5", "weights_"),
        (b"\xff\xfe\x00", "net.py", "own_file_text"),
        (save({"a": torch.zeros(2)}), "net.safetensors", "definition_no_graph"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_way_out(data: bytes, name: str, key: str) -> None:
    with pytest.raises(UserError) as refused:
        network_in(data, name)
    assert refused.value.key.startswith(key)


def test_a_safetensors_file_with_its_structure_gives_its_network() -> None:
    network = parse_pytorch("net = nn.Sequential(nn.Flatten(), nn.Linear(48, 10))", (3, 4, 4))
    assert network_in(to_safetensors(network, build(network).state_dict()), "a.safetensors") == network
    assert network_in("net = 1  # 好".encode(), "a.py") == "net = 1  # 好"


def test_the_table_of_blocks_and_the_text_follow_each_other() -> None:
    page = open_link("own", by="blocks")
    assert page.dataframe[0].value["Settings"][0] == "in_channels=1, out_channels=6, kernel_size=5, padding=2"
    page.text_input(key="own.block.is").set_value("out_channels=6, kernel_size=5, padding=1")
    next(one for one in page.button if one.label == "Apply").click()
    page.run()
    assert not page.exception
    assert "16·4·4 = 256 ≠ 400" in page.error[0].value
    assert page.dataframe[0].value["Output shape"][0] == "6×26×26"
    assert any(one.value == "It breaks at block 8." for one in page.caption)
    next(one for one in page.button if one.label == "Undo").click()
    rerun(page)
    assert page.success


def test_a_break_in_the_table_of_blocks_is_mended_by_one_click_and_the_code_follows() -> None:
    page = open_link("own", by="blocks")
    page.text_input(key="own.block.is").set_value("out_channels=6, kernel_size=5, padding=1")
    next(one for one in page.button if one.label == "Apply").click()
    page.run()
    page.button(key="own.fix.0").click()
    rerun(page)
    assert page.success
    assert "in_features=256" in list(page.dataframe[0].value["Settings"])[7]
    assert _follow(page, by="code").text_area(key="own.text").value.count("nn.Linear(256, 120)") == 1


def _follow(page: AppTest, **query: str) -> AppTest:
    """The page as it stands after a link with `query`; errors are shown on it."""
    page.query_params.update(query)
    page.session_state["address.pending"] = set(query)
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("page", "more"),
    [("architectures", {}), ("walkthrough", {"layer": "max_pool2d"}), ("compare", {"set": "own", "a": "own"})],
)
def test_a_link_with_the_network_opens_in_other_pages(page: str, more: dict[str, str]) -> None:
    link = str(to_link(parse_pytorch(SMALL_NETWORK, (1, 28, 28))))
    app = open_link(page, net="own", own=link, **more)
    assert not app.warning
    assert app.query_params["own"] in (link, [link])
    if page == "architectures":
        assert [int(one) for one in app.dataframe[0].value["Parameters"]] == [40, 0, 0, 0, 6770]
    if page == "walkthrough":
        assert any("max_pool2d" in one.value.replace("\\", "") for one in app.subheader)
    if page == "compare":
        assert any(one.label == "Change the network" for one in app.get("page_link"))


def test_two_own_networks_stand_side_by_side() -> None:
    wide = str(to_link(parse_pytorch(SMALL_NETWORK, (1, 28, 28))))
    plain = str(to_link(parse_pytorch("net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))", (1, 28, 28))))
    page = open_link("compare", set="own", a="own", own=wide, b="own", **{"b.own": plain})
    assert not page.warning
    table = page.table[0].value
    assert [count in set(table[name]) for count, name in zip(("6,810", "7,850"), table.columns, strict=True)] == [
        True
    ] * 2


def test_after_a_change_the_network_before_it_can_be_compared() -> None:
    page = open_link("own")
    label = load("pages/own", "en")("ties.before")
    assert not any(one.label == label for one in page.get("page_link"))
    page = _write(page, "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
    (link,) = (one for one in page.get("page_link") if one.label == label)
    assert "b.own=" in link.proto.query_string


def test_a_network_too_large_for_a_hosted_server_is_refused_on_other_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    large = parse_pytorch("net = nn.Sequential(nn.Flatten(), nn.Linear(784, 1000000), nn.Linear(1000000, 10))")
    link = str(to_link(replace(large, input_shape=(1, 28, 28))))
    page = _follow(open_page("architectures"), net="own", own=link)
    assert "150,000,000" in page.error[0].value
    assert not page.dataframe


def test_a_text_that_holds_no_network_is_noted() -> None:
    page = open_link("architectures", net="own", own="abc")
    assert any("own" in one.value and "abc" in one.value for one in page.warning)


def test_a_file_keeps_its_weights_and_the_names_of_its_layers_for_the_session() -> None:
    network = parse_pytorch(SMALL_NETWORK.replace("self.conv", "self.first"), (1, 28, 28))
    link = str(to_link(network))
    file = OpenedFile(own_file_weights(to_safetensors(network, build(network).state_dict())), ModelSpec.own(network))
    named = format_weights(file.weights)
    page = _follow(open_page("own", **{"own.weights": file}), own=link)
    assert any("Your own weights" in one.value for one in page.caption)
    walk = _follow(open_page("walkthrough", **{"own.weights": file}), net="own", own=link, weights=named)
    assert walk.selectbox(key="weights").value == named
    assert any("Your own weights" in one.value for one in walk.caption)
    _follow(walk, net="own", own=link, weights="own-file:" + "0" * 16)
    assert any("no longer kept" in one.value for one in walk.warning)


def test_an_onnx_file_without_its_package_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_process, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"requirements-onnx\.txt"):
        onnx_process.convert_onnx(b"")
