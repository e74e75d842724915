"""Names that look like Markdown, links and HTML, from every place where a user writes one: shown letter by letter."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
import torch
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from safetensors.torch import save
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from cnnviz.data.uploaded_files import save_set
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from cnnviz.ui.inputs import run_queue
from cnnviz.zoo import build
from tests.data.test_uploaded_set import packed, picture
from tests.pages.opening import open_link, open_page

LINKS = "www.evil.example x@evil.example :smile: <b>b</b>"
NAME = f"{LINKS} ![i](https://evil.example)"
CLASSES = ("www.evil.example", "x@evil.example :smile:", "<b>b")
LIVE = re.compile(r"www\.evil|\w@evil|(?<!\\)!\[i|https://evil|(?<!\\):smile:|(?<!\\)<b>")
NOT_MARKDOWN = re.compile(
    r"unknownelement\.(json|spec|alt)|pagelink\.query_string|selectbox\.(options|raw_value)|textinput\.(default|placeholder|value)|\.id"
)
"""What browsers are given as text or as data: components write it as text, figures have a test of their own."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A finished run with a hostile name, on a set with hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_RUNS", str(folder / "runs"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("LOCALAPPDATA", str(folder / "cache"))
        patch.delenv("CNNVIZ_PROFILE", raising=False)
        files = {
            f"all/{name}/{place}.png": picture(10 * number + place)
            for number, name in enumerate(CLASSES)
            for place in range(6)
        }
        own = save_set(make_uploaded_set(packed(files), 28), LINKS)
        settings = {"epochs": 1, "batch_size": 4, "image_size": 28, "threads": 1}
        plan = RunPlan.parse({"architecture": "lenet", "dataset": own, "settings": settings})
        store = RunStore()
        record = store.create(plan, name=NAME)
        assert train_run(record.folder, plan, CommandQueue(), limits())[0] == "finished"
        yield record.id
        run_queue.shared_queue().close()
        st.cache_resource.clear()


def markdown(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every text on the page that a browser may read as Markdown, with its place."""
    for element in elements(app._tree):
        yield from texts(element.proto, type(element).__name__.lower())


def elements(block: Block) -> Iterator[Any]:
    for child in block.children.values():
        yield child
        if isinstance(child, Block):
            yield from elements(child)


def texts(message: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(message, Message):
        return
    for field, value in message.ListFields():
        here = f"{path}.{field.name}"
        for each in value if field.is_repeated and field.message_type is None else [value]:
            if isinstance(each, str):
                yield here, each
        if field.type == FieldDescriptor.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for each in value if field.is_repeated else [value]:
                yield from texts(each, here)


def check(app: AppTest) -> None:
    """The name of a user is on the page, and nowhere as Markdown or HTML of its own."""
    said = list(markdown(app))
    assert any("evil" in text for _, text in said)
    live = [(path, text[:200]) for path, text in said if LIVE.search(text) and not NOT_MARKDOWN.fullmatch(path)]
    assert [pair for pair in live if pair[0] != "html.body" or "<b>" in pair[1]] == []


@pytest.mark.parametrize("page", ["walkthrough", "saliency", "mistakes", "studio", "results"])
def test_a_page_shows_the_names_of_a_run_its_classes_and_its_set_letter_by_letter(run: str, page: str) -> None:
    own = RunStore().find(run).plan.dataset
    asked = {"studio": {"run": run, "data": own}, "results": {"set": own}}.get(page, {"weights": f"run:{run}"})
    check(open_link(page, **asked, image=own))


def test_a_link_that_asks_for_what_is_not_there_is_shown_letter_by_letter() -> None:
    check(open_link("walkthrough", net=LINKS, layer=CLASSES[1]))


def test_the_name_of_a_file_and_of_a_tensor_in_it_are_shown_letter_by_letter() -> None:
    own = build("lenet", {}, (1, 28, 28), 10).state_dict()
    tensors = {name: torch.zeros(tensor.shape) for name, tensor in own.items()}
    app = open_page("walkthrough")
    app.selectbox(key="weights").set_value("file").run()
    app.get("file_uploader")[0].upload(NAME, save(tensors)).run()
    check(app)
    other = {NAME if name == "conv1.weight" else name: tensor for name, tensor in tensors.items()}
    app.get("file_uploader")[0].upload("x", save(other)).run()
    assert app.error
    check(app)
