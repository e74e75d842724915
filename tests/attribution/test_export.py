"""What leaves the project: arrays, facts, and scripts that make the same map again."""

import io
import json
import runpy

import numpy as np
import pytest
import torch

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.export import captum_script, facts_of, model_hash, npz_bytes, script
from cnnviz.zoo import build

NETWORK = """from cnnviz.zoo import build

model = build("lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28), 10)
"""
OPTIONS = {"kernel-shap": {"samples": 32}, "smoothgrad": {"samples": 3}, "gradient-shap": {"samples": 3}}


@pytest.fixture(scope="module")
def model():
    return build("lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28), 10)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, OPTIONS.get(name, {})) for name in METHODS), ("integrated-gradients", {"rule": "halving", "steps": 100})],
)
def test_the_scripts_make_the_same_map(model, name, options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    image = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    found = METHODS[name].attribute(
        model, image, Target(4, minus=2), seed=3, options=options, baseline=torch.full_like(image, 0.1)
    )
    (tmp_path / "map.npz").write_bytes(npz_bytes(found, image, 0.5))
    for code in (script(found, NETWORK, "map.npz"), captum_script(found, NETWORK, "map.npz")):
        if code is not None:
            (tmp_path / "again.py").write_text(code)
            values = runpy.run_path("again.py")["values"]
            assert values.shape == tuple(found.values.shape)
            assert np.abs(values - found.values.numpy()).max() <= 1e-5 * float(found.values.abs().max())
    assert "largest difference" in capsys.readouterr().out


def test_captum_alone_is_offered_for_equal_steps_only(model):
    image = torch.rand(1, 1, 28, 28)
    method = METHODS["integrated-gradients"]
    equal, halved = (
        method.attribute(model, image, Target(4), options={"rule": rule, "steps": 16})
        for rule in ("gauss-legendre", "halving")
    )
    assert captum_script(equal, NETWORK, "map.npz")
    assert captum_script(halved, NETWORK, "map.npz") is None


def test_the_archive_and_the_facts_say_what_was_done(model):
    image = torch.rand(1, 1, 28, 28)
    found = METHODS["integrated-gradients"].attribute(model, image, Target(4), options={"steps": 8})
    archive = np.load(io.BytesIO(npz_bytes(found, image, 0.5)))
    assert sorted(archive) == ["attribution", "baseline", "image", "logit", "target"]
    assert archive["attribution"].dtype == np.float32
    assert archive["attribution"].shape == (1, 28, 28)
    facts = json.loads(json.dumps(facts_of(found, model, checkpoint="mine")))
    assert facts["checkpoint"] == "mine"
    assert facts["options"] == {"steps": 8, "rule": "gauss-legendre"}
    assert facts["completeness"]["sum"] == pytest.approx(float(found.values.sum()), abs=1e-5)
    assert {"cnnviz", "python", "torch", "captum", "numpy"} == set(facts["versions"])
    assert facts["model_sha256"] == model_hash(model)
    other = build("lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28), 10, seed=1)
    assert model_hash(other) != model_hash(model)
