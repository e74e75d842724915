import json

from cnnviz.cli.command import main
from cnnviz.data import DATASETS
from cnnviz.text import LANGUAGES, load
from cnnviz.zoo import ARCHITECTURES


def test_the_document_holds_the_documented_keys_and_every_name(capsys):
    assert main(["list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["architectures", "datasets", "methods", "checkpoints"]
    assert document["datasets"] == ["digits", "shapes", "fashion_mnist", "mnist", "cifar10"]
    assert [entry["name"] for entry in document["architectures"]] == list(ARCHITECTURES)
    for entry in document["architectures"]:
        assert list(entry) == ["name", "options"]
    assert all(isinstance(name, str) for name in document["methods"] + document["checkpoints"])


def test_the_first_value_of_every_option_is_the_default_that_a_network_settles_on(capsys):
    main(["list", "--json"])
    for entry in json.loads(capsys.readouterr().out)["architectures"]:
        settled = json.loads(json.dumps(ARCHITECTURES[entry["name"]].resolve()))
        assert {name: values[0] for name, values in entry["options"].items()} == settled


def test_the_tables_name_everything_in_every_language(capsys, monkeypatch):
    for language in LANGUAGES:
        monkeypatch.setenv("CNNVIZ_LANG", language)
        assert main(["list"]) == 0
        out = capsys.readouterr().out
        assert load("cli", language)("list.datasets") in out
        for entry in ARCHITECTURES.values():
            assert load(f"zoo/{entry.name}", language)("idea") in out
        for dataset in DATASETS.values():
            assert f"  {dataset.name} " in out
            assert dataset.describe("title", language) in out
