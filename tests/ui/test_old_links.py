"""Links that were given out go on opening what they opened."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from cnnviz.models import ModelSpec, TrainedModel
from cnnviz.models.sources.table import format_weights, parse_weights
from cnnviz.models.weights import WeightsRef
from tests.pages.opening import open_link

LINKS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("old_links.toml").read_text(encoding="utf-8"))[
    "link"
]


def _query(link: dict[str, Any]) -> dict[str, str]:
    return dict(parse_qsl(link["query"]))


def _named(links: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("link", links, ids=lambda link: f"{link['page']}?{link['query']}")


@_named([link for link in LINKS if "spec" in link])
def test_a_link_names_the_network_that_it_named(link: dict[str, Any]) -> None:
    query = _query(link)
    name = query["net"]
    own = {key: text for key, text in query.items() if key == "net" or key.startswith(f"{name}.")}
    spec = ModelSpec.of(**link["spec"])
    assert ModelSpec.from_url(own) == spec
    assert spec.to_url() == own


@_named([link for link in LINKS if "weights" in link])
def test_a_link_names_the_weights_that_it_named(link: dict[str, Any]) -> None:
    query, weights = _query(link), WeightsRef(**link["weights"])
    assert parse_weights(query["weights"]) == WeightsRef(**{**link["weights"], "seed": 0})
    assert format_weights(weights) == query["weights"]


@_named([link for link in LINKS if {"spec", "weights"} <= set(link)])
def test_a_model_is_linked_by_the_same_parameters(link: dict[str, Any]) -> None:
    query = _query(link)
    name = query["net"]
    model = TrainedModel(ModelSpec.of(**link["spec"]), WeightsRef(**link["weights"]))
    own = {key for key in query if key in ("net", "weights", "seed") or key.startswith(f"{name}.")}
    assert model.to_url() == {key: query[key] for key in own}


@_named([link for link in LINKS if "state" in link])
def test_a_page_opens_what_its_link_says(link: dict[str, Any]) -> None:
    app = open_link(link["page"], **_query(link))
    assert not app.error
    assert {key: app.session_state[key] for key in link["state"]} == link["state"]
