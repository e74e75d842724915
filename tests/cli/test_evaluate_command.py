"""`python -m cnnviz evaluate`."""

import json

import pytest

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
