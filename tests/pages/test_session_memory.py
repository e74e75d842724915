"""What a session keeps between two runs: names and numbers, never a tensor, which the bounded caches hold."""

import gc
from types import FunctionType, MethodType, ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from cnnviz.ui.pages.walkthrough import feature_maps
from tests.pages.opening import open_link

SCRIPT = "__main__"


def tensors_kept(app: AppTest) -> list[str]:
    """The ways from what Streamlit keeps of a session to a tensor: its state, its widgets' functions, its fragments."""
    state = app.session_state._state._state
    roots = {
        "state": (state._new_session_state, state._old_state, state._new_widget_state.states),
        "widget": state._new_widget_state.widget_metadata,
        "fragment": app._fragment_storage._fragments,
    }
    found: list[str] = []
    seen: set[int] = set()
    stack: list[tuple[Any, str]] = [(root, name) for name, root in roots.items()]
    while stack:
        thing, way = stack.pop()
        if id(thing) in seen or isinstance(thing, ModuleType | type):
            continue
        seen.add(id(thing))
        if isinstance(thing, Tensor | nn.Module):
            found.append(way)
            continue
        stack += [
            (part, f"{way} > {getattr(part, '__qualname__', type(part).__name__)}"[-400:]) for part in parts(thing)
        ]
    return found


def name_of(thing: Any) -> str:
    return getattr(thing, "__qualname__", type(thing).__name__)


def parts(thing: Any) -> list[Any]:
    """What an object holds; of a function the names that it alone sees, or that its page's script made."""
    if isinstance(thing, FunctionType):
        own = [thing.__closure__, thing.__defaults__, thing.__kwdefaults__, thing.__dict__]
        return [part for part in own if part] + (
            [thing.__globals__] if thing.__globals__.get("__name__") == SCRIPT else []
        )
    if isinstance(thing, MethodType):
        return [thing.__self__, thing.__func__]
    return gc.get_referents(thing)


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("walkthrough", {"layer": "conv2"}),
        ("walkthrough", {"layer": "fc3"}),
        ("operations", {}),
        ("operations", {"op": "convolution"}),
        ("saliency", {"compare": "classes", "trust": "deletion"}),
        ("mistakes", {}),
        ("architectures", {}),
        ("results", {}),
        ("compare", {}),
    ],
    ids=str,
)
def test_no_tensor_and_no_network_is_kept_by_a_session(
    page: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_maps, "MOST_VALUES", 1000)  # so that a layer is shown some channels at a time
    assert tensors_kept(open_link(page, **query)) == []


def test_a_tensor_in_a_label_function_is_found() -> None:
    def page() -> None:
        import streamlit as st
        import torch

        values = torch.zeros(3)
        st.selectbox("s", [0, 1], format_func=lambda place: str(values[place]))

    assert tensors_kept(AppTest.from_function(page).run())
