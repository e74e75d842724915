"""What leaves the project: arrays, facts, and scripts that make the same map again."""

import io
import json
import runpy

import numpy as np
import pytest
import torch

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.baselines import BASELINES, SEVERAL
from cnnviz.attribution.export import export_metadata, export_script, model_hash, npz_bytes
from cnnviz.zoo import build

NETWORK = """from cnnviz.zoo import build

model = build("lenet", {options}, (1, 28, 28), 10)
"""
NETWORKS = {
    "max": {"pool": "max", "activation": "relu"},
    "average": {"activation": "relu"},
}
OPTIONS = {
    "kernel-shap": {"samples": 32, "regions": "squares"},
    "smoothgrad": {"samples": 3},
    "gradient-shap": {"samples": 3},
    "integrated-gradients": {"steps": 8},
    "conductance": {"steps": 8},
}


@pytest.fixture(scope="module")
def models():
    return {name: build("lenet", options, (1, 28, 28), 10) for name, options in NETWORKS.items()}


@pytest.fixture(scope="module")
def image():
    return torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def again(found, image, network, folder, monkeypatch):
    """The map that the exported Python makes, and the Python."""
    monkeypatch.chdir(folder)
    (folder / "map.npz").write_bytes(npz_bytes(found, image, 0.5))
    code = export_script(found, NETWORK.format(options=NETWORKS[network]), "map.npz")
    (folder / "again.py").write_text(code)
    return runpy.run_path("again.py")["values"], code


@pytest.mark.parametrize("target", [Target(4), Target(4, minus=2), Target(4, probability=True)], ids=str)
@pytest.mark.parametrize("name", METHODS)
def test_the_exported_python_is_captums_call_and_makes_the_same_map(
    models, image, name, target, tmp_path, monkeypatch, capsys
):
    if name.startswith("deeplift") and target.probability:
        pytest.skip("DeepLift explains scores, not probabilities")
    entry, network = METHODS[name], "max" if METHODS[name].hooks and not METHODS[name].uses_baseline else "average"
    kinds = SEVERAL if entry.averages else SEVERAL[2:3]
    baseline = torch.cat([BASELINES[kind](image) for kind in kinds])
    found = entry.attribute(models[network], image, target, seed=3, options=OPTIONS.get(name), baseline=baseline)
    values, code = again(found, image, network, tmp_path, monkeypatch)
    assert values.shape == tuple(found.values.shape)
    rounding = 1e-6 * max(1.0, abs(found.output))  # of a score whose batches are cut otherwise
    assert np.abs(values - found.values.numpy()).max() <= 2e-5 * float(found.values.abs().max()) + rounding
    assert "largest difference" in capsys.readouterr().out
    if name != "conductance":
        assert f"from captum.attr import {'' if name != 'smoothgrad' else 'NoiseTunnel, '}" in code
        assert f"{entry.captum}(" in code
        assert "cnnviz.attribution" not in code
        assert ("target=4" in code) == (target == Target(4) and name != "neuron-gradient")


@pytest.mark.parametrize(
    ("name", "options"),
    [("integrated-gradients", {"rule": "halving", "steps": 100}), ("deeplift", {}), ("conductance", {"steps": 8})],
)
def test_where_captum_is_corrected_the_python_is_ours_and_says_why(models, image, name, options, tmp_path, monkeypatch):
    found = METHODS[name].attribute(models["max"], image, Target(4, minus=2), options=options)
    assert found.corrected
    values, code = again(found, image, "max", tmp_path, monkeypatch)
    assert found.describe_computed_by() in code
    np.testing.assert_allclose(values, found.values.numpy(), atol=1e-6)


def test_the_archive_and_the_facts_say_what_was_done(models, image):
    model = models["max"]
    found = METHODS["integrated-gradients"].attribute(model, image, Target(4), options={"steps": 8})
    archive = np.load(io.BytesIO(npz_bytes(found, image, 0.5)))
    assert sorted(archive) == ["attribution", "baseline", "image", "logit", "target"]
    assert archive["attribution"].dtype == np.float32
    assert archive["attribution"].shape == (1, 28, 28)
    facts = json.loads(json.dumps(export_metadata(found, model, checkpoint="mine")))
    assert facts["checkpoint"] == "mine"
    assert (facts["computed_by"], facts["corrected"]) == ("captum.attr.IntegratedGradients", None)
    assert facts["options"] == {"steps": 8, "rule": "gauss-legendre"}
    assert facts["completeness"]["sum"] == pytest.approx(float(found.values.sum()), abs=1e-5)
    assert {"cnnviz", "python", "torch", "captum", "numpy"} == set(facts["versions"])
    assert facts["model_sha256"] == model_hash(model)
    other = build("lenet", NETWORKS["max"], (1, 28, 28), 10, seed=1)
    assert model_hash(other) != model_hash(model)
    lift = METHODS["deeplift"].attribute(model, image, Target(4))
    assert export_metadata(lift, model)["corrected"] == lift.describe_computed_by()


def test_the_archive_holds_every_baseline_and_the_regions(models, image):
    pixels = torch.cat([BASELINES[kind](image) for kind in SEVERAL])
    lift = METHODS["deeplift-shap"].attribute(models["average"], image, Target(4), baseline=pixels)
    assert np.array_equal(np.load(io.BytesIO(npz_bytes(lift, image, 0.5)))["baseline"], pixels.numpy())
    ablated = METHODS["feature-ablation"].attribute(models["average"], image, Target(4))
    regions = np.load(io.BytesIO(npz_bytes(ablated, image, 0.5)))["regions"]
    assert regions.shape == (28, 28)
    assert [len(np.unique(ablated.values[0].numpy()[regions == one])) for one in np.unique(regions)] == [1] * (
        regions.max() + 1
    )
