import pytest
import torch

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES

ENTRIES = list(zoo.ARCHITECTURES.values())
# As the design lists them: names in order, the default first.
PROMISED = {
    "lenet": {
        "pool": "avg|max",
        "padding": "2|0",
        "activation": "sigmoid|tanh|relu",
        "batch_norm": "none|full|mean|variance|fixed",
        "dropout": "0",
        "kernel": "5",
        "conv_layers": "2|1|3",
        "dense_layers": "3|1|2",
        "width": "1|0.75|0.5|0.25|0.125",
    },
    "alexnet": {
        "form": "d2l|small|paper|torchvision",
        "padding": "1|0",
        "hidden": "4096",
        "width": "1|0.75|0.5|0.25|0.125",
    },
    "vgg": {
        "config": "A|A-LRN|B|C|D|E",
        "batch_norm": "false|true",
        "hidden": "4096",
        "width": "1|0.75|0.5|0.25|0.125",
    },
    "nin": {
        "one_by_one": "2|1|3",
        "kernel": "1|3",
        "head": "gap|dense",
        "batch_norm": "false|true",
        "width": "1|0.75|0.5|0.25|0.125",
    },
}


@pytest.mark.parametrize("name", PROMISED)
def test_the_options_are_those_promised_in_their_order(name):
    offered = {
        option.name: "|".join(map(option.format, option.choices or (option.default,)))
        for option in zoo.architecture(name).options
    }
    assert offered == PROMISED[name]
    assert list(offered) == list(PROMISED[name])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_default_is_its_first_choice_and_reads_back_from_its_written_form(entry):
    for option in entry.options:
        if option.choices:
            assert option.default == option.choices[0]
        for value in option.choices or (option.default,):
            assert option.parse(option.format(value), entry.title) == value
            assert type(option.parse(option.format(value), entry.title)) is type(value)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_choice_runs_with_no_module_called_twice_and_nothing_overwritten(entry, measure, forms):
    ran = 0
    for options in forms(entry):
        try:
            settled = entry.resolve(options)
        except UserError as error:
            if error.key != "option_conflict":
                raise
            continue
        shape, classes = entry.input_shape(settled), entry.num_classes(settled)
        with torch.device("meta"):
            network = entry.build(shape, classes, **settled).eval()
        facts = measure(network, shape)
        assert list(facts.shapes.values())[-1] == (classes,), options
        assert set(facts.calls.values()) == {1}, f"{options}: a module is called twice"
        assert not facts.overwritten, f"{options}: {facts.overwritten} overwritten in place"
        assert not any(getattr(layer, "inplace", False) for layer in network.modules()), options
        assert not {"Softmax", "LogSoftmax"} & set(facts.kinds.values()), options
        ran += 1
    assert ran > 3


@pytest.mark.parametrize(
    ("name", "options", "names"),
    [
        ("alexnet", {"form": "paper", "padding": 0}, ("padding=0", "form=paper", "form=d2l")),
        ("alexnet", {"form": "small", "padding": "0"}, ("padding=0", "form=small")),
        ("lenet", {"dense_layers": 1, "dropout": 0.5}, ("dropout=0.5", "dense_layers=1", "dense_layers=3|2")),
    ],
)
def test_options_that_exclude_each_other_are_refused_naming_both(name, options, names):
    with pytest.raises(UserError) as caught:
        zoo.build(name, options, device="meta")
    assert caught.value.key == "option_conflict"
    for language in LANGUAGES:
        assert all(part in caught.value.describe(language) for part in names)


@pytest.mark.parametrize(
    ("name", "options", "key"),
    [
        ("lenet", {"pool": "median"}, "option_choice"),
        ("lenet", {"pol": "avg"}, "option_unknown"),
        ("lenet", {"dropout": 1}, "option_number"),
        ("lenet", {"dropout": "nan"}, "option_number"),
        ("lenet", {"kernel": 0}, "option_whole"),
        ("lenet", {"kernel": 5.5}, "option_whole"),
        ("lenet", {"kernel": "big"}, "option_whole"),
        ("lenet", {"kernel": None}, "option_whole"),
        ("vgg", {"batch_norm": 1}, "option_choice"),
        ("vgg", {"width": 0.3}, "option_choice"),
        ("vgg", {"hidden": 1e12}, "option_whole"),
        ("vgg", {"config": ""}, "option_choice"),
        ("lennet", {}, "unknown_architecture"),
        ("../lenet", {}, "unknown_architecture"),
    ],
)
def test_what_does_not_exist_is_refused_in_every_language(name, options, key):
    with pytest.raises(UserError) as caught:
        zoo.build(name, options, device="meta")
    assert caught.value.key == key
    assert all(caught.value.describe(language) for language in LANGUAGES)


def test_only_what_differs_from_the_default_form_is_carried_along():
    entry = zoo.architecture("lenet")
    assert entry.changed(entry.resolve({"pool": "max", "padding": 2})) == {"pool": "max"}
    assert entry.changed(entry.resolve()) == {}
