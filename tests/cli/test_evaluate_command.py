"""`python -m cnnviz evaluate`."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from cnnviz.checkpoints import checkpoint
from cnnviz.cli.command import main


def test_a_shipped_network_is_measured_as_its_card_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "lenet-digits", "--json"]) == 0
    found, card = json.loads(capsys.readouterr().out), checkpoint("lenet-digits")
    assert set(found) == {"accuracy", "loss", "confusion", "images_per_second"}
    assert found["accuracy"] == card.test_accuracy
    assert found["confusion"] == [list(row) for row in card.confusion]
    assert found["loss"] == pytest.approx(card.test_loss, rel=1e-4)


def test_the_first_images_alone_are_measured_and_a_path_names_the_same_network(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = checkpoint("lenet-digits").weights_path
    assert main(["evaluate", str(path), "--dataset", "digits", "--limit", "50", "--json"]) == 0
    assert sum(map(sum, json.loads(capsys.readouterr().out)["confusion"])) == 50


def test_a_run_is_measured_by_its_folder(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    out = tmp_path / "run"
    assert (
        main(
            [
                "train",
                "lenet",
                "--dataset",
                "digits",
                "--epochs",
                "1",
                "--limit",
                "64",
                "--batch-size",
                "32",
                "-s",
                "standardise=true",
                "--out",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    trained = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["evaluate", str(out), "--limit", "64", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == pytest.approx(trained["test_accuracy"])


def test_the_table_names_the_classes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "lenet-digits", "--limit", "20"]) == 0
    assert "accuracy" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["no-such-network"],
        ["lenet-digits", "--dataset", "nothing"],
        ["lenet-digits", "--dataset", "shapes"],
        ["lenet-digits", "--limit", "0"],
        ["lenet-digits", "--limit", "9" * 5000],
        ["lenet-digits", "--limit", "many"],
        ["README.md"],
        ["lenet-digits", "--wrong"],
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def _own_file(folder: Path) -> Path:
    """The weights of a shipped network as a notebook's compiled module saves them."""
    state = load_file(checkpoint("lenet-max-digits").weights_path)
    state = {f"_orig_mod.net.{name}": tensor for name, tensor in state.items()} | {"epoch": torch.tensor(3)}
    save_file(state, folder / "mine.safetensors")
    return folder / "mine.safetensors"


def test_a_file_of_ones_own_is_measured_as_the_network_that_it_is_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    card = checkpoint("lenet-max-digits")
    options = " ".join(f"{name}={value}" for name, value in card.options.items())
    path = str(_own_file(tmp_path))
    assert main(["evaluate", path, "--network", f"lenet {options}", "--dataset", "digits", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["accuracy"] == card.test_accuracy
    assert "“_orig_mod.net.”, which was left off" in said.err
    assert "no network needs: epoch" in said.err


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (None, '--network "resnet form=torchvision classes=10"'),
        ("lenet classes=7", "set the number of classes to 10"),
        ("lenet channels=3", "set the channels of the image to 1"),
        ("lenet size=20", "fc1.weight"),
        ("vgg", "lacks “net.block1.conv1.weight” (64×1×3×3)"),
        ("", "--network names a network"),
        ("pool=max", "--network names a network"),
        ("lenet size=large", "--network names a network"),
        ("lenet pool", "pool"),
        ("lennet", "lennet"),
    ],
)
def test_a_network_that_the_file_is_not_of_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, network: str | None, said: str
) -> None:
    words = [] if network is None else ["--network", network]
    assert main(["evaluate", str(_own_file(tmp_path)), *words, "--dataset", "digits"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_file_of_ones_own_says_no_set_by_itself(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["evaluate", str(_own_file(tmp_path)), "--network", "lenet pool=max"]) == 2
    assert "--dataset" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--network", "lenet"], []])
def test_a_file_of_another_format_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    path = tmp_path / "model.pth"
    torch.save({"conv1.weight": torch.zeros(6, 1, 5, 5)}, path)
    assert main(["evaluate", str(path), *words, "--dataset", "digits"]) == 2
    assert "is a pickle" in capsys.readouterr().err


def test_a_name_is_no_file_for_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "lenet-digits", "--network", "lenet"]) == 2
    assert "lenet-digits is not a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": {}}, "is not the description"),
        ({"num_classes": "10"}, "is not the description"),
        ({"input_shape": [1, 28, 28.5]}, "is not the description"),
        ({"dataset": ["digits"]}, "is not the description"),
        ({"architecture": "lennet"}, "lennet"),
        ({"options": {"pool": "median"}}, "median"),
        ({"input_shape": [1, 40, 40]}, "shapes"),
        ({"sha256": sha256(b"no weights").hexdigest()}, "not a valid safetensors file"),
    ],
)
def test_a_card_of_anyones_is_read_or_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: dict[str, object], said: str
) -> None:
    card = checkpoint("lenet-digits")
    weights = b"no weights" if "sha256" in change else card.weights_path.read_bytes()
    (tmp_path / "lenet-digits.json").write_text(json.dumps(card.as_json() | change))
    (tmp_path / "lenet-digits.safetensors").write_bytes(weights)
    assert main(["evaluate", str(tmp_path / "lenet-digits.json"), "--dataset", "digits", "--limit", "10"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
