import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from cnnviz.attribution import METHODS, Target
from cnnviz.checkpoints import build_network, checkpoint, load_weights
from cnnviz.cli.command import main
from cnnviz.data import dataset
from cnnviz.data.handwriting import frame_handwriting
from cnnviz.text import LANGUAGES, load
from cnnviz.train.batch_preparation import BatchPreparation

NAME = "lenet-digits"


def call(*words):
    return main(["attribute", *map(str, words)])


def test_the_files_hold_the_raw_map_and_its_facts(capsys, tmp_path):
    digit = dataset("digits").load("test", limit=4).images[3]
    Image.fromarray(digit[0].numpy()).save(tmp_path / "digit.png")
    out = tmp_path / "map.npz"
    assert (
        call(
            NAME,
            tmp_path / "digit.png",
            "--method",
            "grad-cam",
            "--target",
            7,
            "--layer",
            "conv2",
            "--out",
            out,
            "--json",
        )
        == 0
    )
    facts = json.loads(capsys.readouterr().out)
    network, image = build_network(checkpoint(NAME)), BatchPreparation(28)(digit[None])
    expected = METHODS["grad-cam"].attribute(network, image, Target(7), layer="conv2")
    archive = np.load(out)
    assert archive["attribution"].dtype == np.float32
    assert torch.allclose(torch.from_numpy(archive["attribution"]), expected.values, atol=1e-7)
    assert (int(archive["target"]), facts["target"], facts["layer"]) == (7, 7, "conv2")
    assert float(archive["logit"]) == pytest.approx(float(network(image)[0, 7]), abs=1e-5)
    assert facts == json.loads(out.with_suffix(".json").read_text()) | {"out": str(out)}


def test_the_predicted_class_is_explained_by_default(capsys):
    assert call(NAME, "digits:3", "--method", "integrated-gradients", "--baseline", "white", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    image = BatchPreparation(28)(dataset("digits").load("test", limit=4).images[3:4])
    assert facts["target"] == int(build_network(checkpoint(NAME))(image).argmax())
    assert np.shape(facts["attribution"]) == (1, 28, 28)
    assert facts["baseline"] == "white"
    assert facts["completeness"]["error"] < 0.01


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_facts_are_said_in_words(capsys, monkeypatch, language):
    monkeypatch.setenv("CNNVIZ_LANG", language)
    assert call(NAME, "flower", "--method", "guided-backprop", "--seed", 2) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "guided-backprop" in lines[0]
    assert "ReLU" in lines[-1]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("CHECKPOINT", []),
        ("IMAGE", [NAME]),
        ("--method", [NAME, "flower"]),
        ("lrp", [NAME, "flower", "--method", "lrp"]),
        ("lennet", ["lennet", "flower", "--method", "gradient"]),
        ("rose", [NAME, "rose", "--method", "gradient"]),
        ("digits", [NAME, "digits:99999", "--method", "gradient"]),
        ("10", [NAME, "flower", "--method", "gradient", "--target", "10"]),
        ("-1", [NAME, "flower", "--method", "gradient", "--target", "-1"]),
        (".npz", [NAME, "flower", "--method", "gradient", "--out", "map.png"]),
        ("/nowhere", [NAME, "flower", "--method", "gradient", "--out", "/nowhere/map.npz"]),
        ("pink", [NAME, "flower", "--method", "occlusion", "--baseline", "pink"]),
        ("fc1", [NAME, "flower", "--method", "grad-cam", "--layer", "fc1"]),
        ("steps", [NAME, "flower", "--method", "integrated-gradients", "-o", "steps=0.5"]),
    ],
)
def test_a_wrong_call_gets_one_sentence(capsys, named, words):
    assert call(*words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert named in err


def test_a_file_of_ones_own_is_explained_like_the_network_that_it_is_of(capsys, tmp_path):
    state = {f"module.{name}": tensor for name, tensor in load_weights(checkpoint(NAME)).items()}
    save_file(state, tmp_path / "mine.safetensors")
    options = " ".join(f"{name}={value}" for name, value in checkpoint(NAME).options.items())
    question = ("digits:3", "--method", "gradient", "--json")
    assert call(NAME, *question) == 0
    expected = json.loads(capsys.readouterr().out)
    assert call(tmp_path / "mine.safetensors", *question, "--network", f"lenet {options}") == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["target"], found["checkpoint"]) == (expected["target"], "mine")
    np.testing.assert_allclose(found["attribution"], expected["attribution"], rtol=1e-4, atol=1e-7)
    assert "“module.”" in said.err


def test_a_handwritten_digit_is_framed_unless_it_shall_stay_as_it_is(capsys, tmp_path):
    page = np.full((90, 90), 240, dtype=np.uint8)
    page[15:75, 40:48] = 30
    Image.fromarray(page).save(tmp_path / "one.png")
    words = (NAME, tmp_path / "one.png", "--method", "gradient", "--json")
    assert call(*words) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["preparation"][0], facts["preparation"][-1]) == ("ink_dark", "centred_box")
    framed = frame_handwriting(torch.from_numpy(page)[None], dataset("digits").handwriting).image
    assert facts["target"] == int(build_network(checkpoint(NAME))(BatchPreparation(28)(framed[None])).argmax()) == 1
    assert facts["doubts"] == []
    assert call(*words, "--as-it-is") == 0
    assert json.loads(capsys.readouterr().out)["preparation"] == []


def test_a_doubt_is_said(capsys, tmp_path):
    Image.new("L", (50, 50), 200).save(tmp_path / "empty.png")
    assert call(NAME, tmp_path / "empty.png", "--method", "gradient") == 0
    assert load("data")("step.no_ink") in capsys.readouterr().out


@pytest.mark.parametrize("word", ["digits:3", "flower"])
def test_images_of_the_set_and_photographs_of_other_things_are_no_handwriting(capsys, word):
    assert call(NAME, word, "--method", "gradient", "--json") == 0
    assert json.loads(capsys.readouterr().out)["preparation"] == []
