import json
import os
import signal
import time
from threading import Thread

import pytest

from cnnviz.cli.command import main
from cnnviz.cli.train_command import KEYS, _Unheard

QUICK = ["train", "lenet", "--limit", "64", "--batch-size", "16", "-s", "threads=1", "-s", "precision=float32"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    return tmp_path


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_has_the_documented_keys(capsys, folder):
    assert main([*QUICK, "--epochs", "2", "--out", str(folder / "out"), "--json"]) == 0
    told = lines(capsys)
    assert [line["event"] for line in told] == (["step"] * 4 + ["epoch"]) * 2 + ["end"]
    for line in told:
        assert tuple(line) == KEYS[line["event"]]
    assert told[-1]["status"] == "finished"
    assert told[-1]["out"] == str(folder / "out")
    assert told[-1]["test_accuracy"] == told[-2]["test_accuracy"]


def test_the_same_seed_gives_the_same_losses_and_another_seed_others(capsys):
    curves = []
    for seed in ("1", "1", "2"):
        assert main([*QUICK, "--epochs", "1", "--seed", seed, "--json"]) == 0
        curves.append([line["loss"] for line in lines(capsys) if line["event"] == "step"])
    assert curves[0] == curves[1] != curves[2]


def test_a_training_that_does_not_move_says_so_once_with_what_to_try(capsys, monkeypatch):
    monkeypatch.setenv("CNNVIZ_LANG", "zh-Hans")
    assert main([*QUICK, "--epochs", "3", "--lr", "1e-7", "-s", "init=default"]) == 0
    told = capsys.readouterr()
    assert len([line for line in told.err.splitlines() if "学习率" in line]) == 1
    assert len(told.out.splitlines()) == 4  # three epochs and the end


def interrupt_after(path, text):
    def wait():
        until = time.monotonic() + 60
        while time.monotonic() < until and not (path.exists() and text in path.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    Thread(target=wait, daemon=True).start()


def test_ctrl_c_leaves_a_run_that_goes_on_where_it_was(capsys, folder):
    out = folder / "out"
    interrupt_after(out / "metrics.jsonl", '"step":3,')
    assert main([*QUICK, "--epochs", "40", "--out", str(out), "--json"]) == 130
    before = lines(capsys)
    assert before[-1]["status"] == "cancelled"
    assert main(["train", "--resume", str(out), "--json"]) == 0
    after = lines(capsys)
    steps = [line["step"] for line in [*before, *after] if line["event"] == "step"]
    assert steps == list(range(1, 161))
    assert after[-1]["status"] == "finished"
    assert main(["train", "--resume", str(out)]) == 2
    assert "finished" in capsys.readouterr().err


def test_a_training_that_fails_says_why_and_ends_with_1(capsys):
    with pytest.raises(SystemExit) as end:
        main([*QUICK, "-o", "activation=relu", "--lr", "100", "-s", "momentum=0.99", "--epochs", "20", "--json"])
    assert end.value.code == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["status"] == "failed"
    assert "finite" in printed.err
    assert len(printed.err.strip().splitlines()) == 1


def test_a_person_reads_an_epoch_a_line(capsys):
    assert main([*QUICK, "--epochs", "2"]) == 0
    printed = capsys.readouterr()
    assert [line.split()[:2] for line in printed.out.splitlines()[:2]] == [["epoch", "1/2"], ["epoch", "2/2"]]
    assert "threads: 1" in printed.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "ARCH"),
        (["lennet"], "lennet"),
        (["lenet", "--lr", "0"], "learning_rate"),
        (["lenet", "--lr", "nan"], "nan"),
        (["lenet", "--lr", "1e9"], "1e9"),
        (["lenet", "--lr", "-1"], "learning_rate"),
        (["lenet", "--epochs", "0"], "epochs"),
        (["lenet", "--batch-size", "5000"], "5000"),
        (["lenet", "--epochs", "1", "-s", "epochs=2"], "epochs"),
        (["lenet", "-s", "optimizer=lion"], "lion"),
        (["lenet", "-s", "speed=9"], "speed"),
        (["lenet", "-s", "seed"], "seed"),
        (["lenet", "-o", "pool=soft"], "soft"),
        (["lenet", "--dataset", "faces"], "faces"),
        (["lenet", "--limit", "0"], "0"),
        (["lenet", "--limit", "x"], "x"),
        (["lenet", "--image-size", "4"], "4"),
        (["lenet", "extra"], "extra"),
        (["--resume", "/nowhere/run"], "/nowhere/run"),
        (["--resume", "0" * 24], "no such run"),
        (["lenet", "--resume", "x"], "--architecture"),
        (["--resume", "x", "--lr", "1"], "--lr"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_leaves_no_folder(capsys, folder, words, said):
    assert main(["train", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not list(folder.glob("runs/*/config.json"))


def test_a_run_that_nobody_would_own_needs_a_folder_of_its_own(capsys, folder, monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    assert main(["train", "lenet"]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_folder_that_holds_something_is_not_written_to(capsys, folder):
    (folder / "mine.txt").touch()
    assert main([*QUICK, "--out", str(folder)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_a_set_that_is_not_there_is_refused_before_anything_is_written(capsys, folder, monkeypatch):
    from cnnviz.data.torchvision_reader import TorchvisionReader
    from cnnviz.errors import UserError

    def absent(self, *rest):
        raise UserError("data_folder", dataset="fashion_mnist", folder=folder, reason="offline")

    monkeypatch.setattr(TorchvisionReader, "_find", lambda self, data_dir: None)
    monkeypatch.setattr(TorchvisionReader, "_download", absent)
    assert main([*QUICK, "--dataset", "fashion_mnist", "--out", str(folder / "out")]) == 2
    assert str(folder) in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_training_makes_way_for_pages_before_it_loads_anything(monkeypatch):
    def lowered():
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnviz.cli.train_command.lower_priority", lowered)
    monkeypatch.setattr("cnnviz.runs.run_training.make_training", None)
    assert main(QUICK) == 130


def test_where_nothing_more_can_be_printed_a_training_is_cancelled_once_and_then_told_nothing():
    told, given = [], []

    def tell(event):
        told.append(event)
        if event["event"] == "step":
            raise BrokenPipeError

    class Controls:
        give = staticmethod(given.append)

    unheard = _Unheard(tell, Controls())
    for name in ("start", "step", "step", "end"):
        unheard({"event": name})
    assert [event["event"] for event in told] == ["start", "step"]
    assert given == [{"do": "cancel"}]
    assert isinstance(unheard.error, BrokenPipeError)


OWN = """
raise SystemExit("the file is read, not run")
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
net(torch.rand(1, 1, 28, 28))
"""


def test_a_file_of_ones_own_network_is_read_and_trained_and_adapted_to_a_set(capsys, folder):
    (folder / "net.py").write_text(OWN.replace("raise SystemExit(", "print("))
    words = [str(folder / "net.py"), "--limit", "64", "--epochs", "1", "-s", "threads=1", "--json"]
    assert main(["train", *words, "--out", str(folder / "out")]) == 0
    assert lines(capsys)[-1]["status"] == "finished"
    command = (folder / "out" / "command.txt").read_text().split()
    assert command[4].startswith("own:")
    assert main(["train", str(folder / "out" / "definition.json"), *words[1:]]) == 0
    assert main(["train", command[4], *words[1:], "--dataset", "shapes"]) != 0
    assert "adapt it" in capsys.readouterr().err
    assert main(["train", command[4], *words[1:], "--dataset", "shapes", "--adapt"]) == 0
    assert main(["train", str(folder / "gone.py")]) != 0
    assert "gone.py" in capsys.readouterr().err
