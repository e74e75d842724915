"""The way from a layer of the Walkthrough to the saliency lab, and back."""

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.attribution import list_layers
from cnnviz.models import load_model
from cnnviz.models.model import TrainedModel
from cnnviz.models.spec import ModelSpec
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.walkthrough.page_links import saliency_query

ROOT = Path(__file__).parents[4]
PAGE = str(ROOT / "pages" / "explain" / "saliency.py")
IMAGE = ImageChoice("digits", 4, "crop")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lenet", {}),
        ("resnet", {"width": 0.125}),
        ("googlenet", {"form": "small", "width": 0.125}),
        ("densenet", {"width": 0.25}),
    ],
)
def test_a_layer_is_in_the_link_where_it_can_have_a_map(name: str, options: dict[str, object]) -> None:
    network = ModelSpec.of(name, options, size=None if name in ("lenet", "googlenet") else 64)
    model = cached_network(TrainedModel(network))
    fitting = {
        layer.name
        for layer in list_layers(model, torch.zeros(1, *network.input_shape))
        if layer.fits_map and layer.leaf
    }
    linked = {
        record.name
        for record in network.trace().layers
        if "layer" in saliency_query(TrainedModel(network), IMAGE, record)
    }
    assert linked == fitting
    assert fitting


def test_the_link_opens_the_lab_at_the_layer_and_the_lab_leads_back_to_it() -> None:
    model = load_model("lenet-digits")
    query = saliency_query(model, IMAGE, model.spec.trace()["conv2"])
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=120).run().switch_page(PAGE)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="layer").value == "conv2"
    back = next(link.proto.query_string for link in app.get("page_link") if "walkthrough" in link.proto.page)
    assert "layer=conv2" in back
    assert "weights=lenet-digits" in back
    assert "image=digits" in back
    assert "n=4" in back
