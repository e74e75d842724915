import json
import subprocess
import sys

import pytest
import torch

from cnnviz.cli import trace_command
from cnnviz.cli.command import main
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.zoo import ARCHITECTURES

LAYER_KEYS = ["name", "kind", "block", "inputs", "shape", "params", "macs", "activation_bytes", "receptive_field"]
SMALL = {"alexnet": ["-o", "form=small"], "googlenet": ["-o", "form=small"]}


def document(capsys, *words):
    assert main(["trace", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_lenet_is_the_courses_in_every_number(capsys):
    found = document(capsys, "lenet")
    assert list(found) == ["architecture", "options", "input", "params", "macs", "layers"]
    assert found["architecture"] == "lenet"
    assert found["options"] == json.loads(json.dumps(ARCHITECTURES["lenet"].resolve()))
    assert found["input"] == [1, 28, 28]
    assert (found["params"], found["macs"]) == (61_706, 416_520)
    kinds = ("Conv2d", "AvgPool2d", "Linear")
    shapes = [layer["shape"] for layer in found["layers"] if layer["kind"] in kinds]
    assert shapes == [[6, 28, 28], [6, 14, 14], [16, 10, 10], [16, 5, 5], [120], [84], [10]]
    first = found["layers"][0]
    assert first["inputs"] == ["input"]
    assert first["receptive_field"] == {"size": [5, 5], "stride": [1, 1], "start": [-2, -2]}
    assert first["activation_bytes"] == 6 * 28 * 28 * 4
    assert found["layers"][-1]["receptive_field"] == "global"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_gives_the_documented_keys_and_totals_that_add_up(capsys, name):
    found = document(capsys, name, *SMALL.get(name, []))
    names = ["input", *(layer["name"] for layer in found["layers"])]
    assert len(set(names)) == len(names)
    for place, layer in enumerate(found["layers"]):
        assert list(layer) == LAYER_KEYS
        assert set(layer["inputs"]) <= set(names[: place + 1])
        assert len(layer["shape"]) in (1, 3)
        field = layer["receptive_field"]
        if isinstance(field, dict) and "uniform" in field:
            assert (list(field), field["uniform"], field["stride"]) == (
                ["size", "stride", "start", "uniform"],
                False,
                None,
            )
        elif isinstance(field, dict):
            assert list(field) == ["size", "stride", "start"]
            assert all(len(pair) == 2 for pair in field.values())
        else:
            assert field == "global"
    assert sum(layer["params"] for layer in found["layers"]) == found["params"]
    assert sum(layer["macs"] for layer in found["layers"]) == found["macs"]


def test_options_input_and_classes_are_obeyed(capsys):
    found = document(capsys, "lenet", "-o", "pool=max", "-o", "padding=0")
    assert (found["params"], found["macs"]) == (44_426, 281_640)
    assert found["options"]["pool"] == "max"
    larger = document(capsys, "lenet", "--input", "3,40,36", "--classes", "26")
    assert larger["input"] == [3, 40, 36]
    assert larger["layers"][-1]["shape"] == [26]
    assert larger["layers"][0]["shape"] == [6, 40, 36]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_shows_each_layer_in_a_row_of_its_own(capsys, monkeypatch, language):
    monkeypatch.setenv("CNNVIZ_LANG", language)
    assert main(["trace", "lenet", "-o", "width=0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    conv2 = next(line for line in lines if line.startswith("conv2 ")).split()
    assert conv2 == ["conv2", "Conv2d", "8×10×10", "608", "60,000", "14×14", "2×2", "-2,-2"]
    assert "width=0.5" in lines[0]
    assert "1×28×28" in lines[0]


REFUSED = {
    "lennet": ["trace", "lennet"],
    "colour": ["trace", "lenet", "-o", "colour=red"],
    "pool": ["trace", "lenet", "-o", "pool=median"],
    "kernel": ["trace", "lenet", "-o", "kernel"],
    "=3": ["trace", "lenet", "-o", "=3"],
    "twice": ["trace", "lenet", "-o", "pool=max", "-o", "pool=avg"],
    "dropout": ["trace", "lenet", "-o", "dropout=nan"],
    "stem": ["trace", "resnet", "-o", "form=torchvision", "-o", "growth=3"],
    "1,28": ["trace", "lenet", "--input", "1,28"],
    "1,28,x": ["trace", "lenet", "--input", "1,28,x"],
    "0,28,28": ["trace", "lenet", "--input", "0,28,28"],
    "1e9": ["trace", "lenet", "--input", "1,1e9,28"],
    "at most": ["trace", "lenet", "--input", "1,99999999999999999999,28"],
    "smallest": ["trace", "lenet", "--input", "1,3,3"],
    "-3": ["trace", "lenet", "--classes", "-3"],
    "2.5": ["trace", "lenet", "--classes", "2.5"],
    "ARCH": ["trace"],
    "trace --help": ["trace", "lenet", "--classes"],
    "--jso": ["trace", "lenet", "--jso"],
    "vgg": ["trace", "lenet", "vgg"],
    "paint": ["paint"],
    "list, trace, train, evaluate, attribute, export, lesson, bench": [],
    "--json": ["list", "--json=yes"],
    "lines": ["trace", "two\nlines"],
    "speed": ["bench", "speed"],
    "bench needs": ["bench"],
}


@pytest.mark.parametrize("named", REFUSED)
def test_a_wrong_call_gets_one_sentence_and_exit_code_2(capsys, named):
    assert main(REFUSED[named]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith((".\n", "--help.\n"))
    assert named in err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("named", REFUSED)
def test_a_wrong_call_is_refused_in_every_language(capsys, monkeypatch, named, language):
    monkeypatch.setenv("CNNVIZ_LANG", language)
    assert main(REFUSED[named]) == 2
    assert capsys.readouterr().err.endswith("。\n" if language.startswith("zh") else ".\n")


def test_a_call_from_a_shell_prints_one_document_and_imports_no_torchvision():
    code = (
        "import sys; from cnnviz.cli.command import main; code = main(['trace', 'lenet', '--json']); "
        "heavy = {'torchvision', 'sklearn', 'streamlit', 'plotly', 'captum'} & set(sys.modules); "
        "print(heavy, file=sys.stderr) if heavy else None; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["params"] == 61_706


def test_a_wrong_call_from_a_shell_ends_with_exit_code_2():
    done = subprocess.run([sys.executable, "-m", "cnnviz", "paint"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    known = "list, trace, train, evaluate, attribute, export, lesson, bench"
    assert done.stderr == f'There is no command "paint"; choose one of {known}.\n'


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGPIPE there")
def test_a_reader_that_closes_the_pipe_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "cnnviz", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


class Spectrum(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.fft.fft2(x.transpose(2, 3)).abs()


def test_a_total_names_the_rows_that_it_leaves_out():
    facts, entry = trace(Spectrum(), (1, 4, 6)), ARCHITECTURES["lenet"]
    found = trace_command.document(entry, entry.resolve(), facts)
    assert found["uncounted"] == ["fft_fft2"]
    assert found["layers"][0]["receptive_field"]["dims"] == [2, 1]
    for language in LANGUAGES:
        assert "fft_fft2" in trace_command.table(entry, entry.resolve(), facts, load("cli", language)).splitlines()[-1]
