"""Network, weights and knobs follow each other, from a link as from the menus."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from cnnviz.checkpoints import CHECKPOINTS, checkpoints_of
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.imagenet import published_path
from cnnviz.models.sources.upload import UPLOADED, file_info
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.runs.checkpoint import write_checkpoint
from cnnviz.runs.folder import write_state
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.store import RunStore
from cnnviz.text import LANGUAGES
from cnnviz.text.numbers import percent
from cnnviz.train.snapshot import make_snapshot
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.inputs.model_picker import weights_for
from cnnviz.zoo import architecture, build
from cnnviz.zoo import imagenet as zoo_imagenet
from cnnviz.zoo.weight_names import NamePairing

FAMILIES = sorted({card.architecture for card in CHECKPOINTS.values()})


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import url_state
    from cnnviz.ui.inputs.model_picker import select_model
    from cnnviz.ui.inputs.model_words import draw_model

    url_state.arrive("page", "walkthrough")
    chosen = select_model()
    draw_model(chosen)
    st.session_state["chosen"] = chosen


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)


def _open(language: str = "en", **query: str) -> AppTest:
    app = AppTest.from_function(_script, default_timeout=60)
    app.session_state["lang"] = language
    for name, value in query.items():
        app.query_params[name] = value
    return _run(app)


def _run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def _chosen(app: AppTest) -> TrainedModel:
    return copy.copy(app.session_state["chosen"])


def _query(app: AppTest) -> dict[str, str]:
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


def _wrong(app: AppTest) -> list[tuple[str, str]]:
    return app.session_state["address.wrong"]["page"]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_picked_network_comes_with_its_first_checkpoint_and_the_knobs_of_that(name: str) -> None:
    card = checkpoints_of(name)[0]
    app = _open(net=name)
    chosen = _chosen(app)
    assert chosen.weights == WeightsRef("checkpoint", card.name)
    assert (dict(chosen.spec.options), chosen.spec.input_shape) == (
        architecture(name).resolve(card.options),
        card.input_shape,
    )
    assert percent(card.test_accuracy) in app.caption[0].value
    assert not {key for key in _query(app) if key != "net"}
    assert not app.warning


def test_a_line_names_every_knob_in_which_it_differs_from_the_courses_network() -> None:
    said = _open(net="vgg").caption[0].value
    card = checkpoints_of("vgg")[0]
    assert f"Width = {card.options['width']:g}" in said
    assert f"image = 1×{card.input_shape[1]}×{card.input_shape[1]}" in said
    assert "differs" not in _open(net="lenet").caption[0].value


def test_a_link_of_knobs_alone_finds_the_checkpoint_they_are_those_of() -> None:
    app = _open(net="lenet", **{"lenet.batch_norm": "full"})
    assert _chosen(app).weights == WeightsRef("checkpoint", "lenet-bn-digits")
    assert _query(app) == {"net": "lenet", "weights": "lenet-bn-digits"}


def test_a_link_of_knobs_that_no_checkpoint_has_is_the_courses_network_with_them_untrained() -> None:
    app = _open(net="vgg", **{"vgg.width": "0.25"})
    assert _chosen(app).spec == ModelSpec.of("vgg", {"width": 0.25})
    assert not _chosen(app).source.is_trained
    assert not app.warning
    assert _query(app) == {"net": "vgg", "vgg.width": "0.25", "weights": "untrained"}
    again = _open(**_query(app))
    assert _chosen(again) == _chosen(app)


def test_a_link_from_another_page_opens_exactly_its_network() -> None:
    assert weights_for(ModelSpec.of("lenet")) == WeightsRef("checkpoint", "lenet-digits")
    for network in (ModelSpec.of("vgg"), ModelSpec.of("lenet", {"pool": "max"}, 40)):
        chosen = _chosen(_open(**TrainedModel(network, weights_for(network)).to_url()))
        assert chosen.spec == network
        assert not chosen.source.is_trained


def test_a_link_of_weights_alone_chooses_their_network() -> None:
    app = _open(weights="vgg-digits")
    assert _chosen(app).spec.architecture == "vgg"
    assert _chosen(app).weights.name == "vgg-digits"


def test_a_link_of_a_seed_alone_means_untrained_weights() -> None:
    assert _chosen(_open(seed="5")).weights == WeightsRef(seed=5)


@pytest.mark.parametrize(
    "text", ["nonsense", "vgg-digits", "run:", "run:0123456789abcdef01234567", "imagenet", "file:"]
)
def test_a_link_of_weights_that_the_network_has_not_falls_back_with_a_note(text: str) -> None:
    app = _open(net="lenet", weights=text)
    assert _chosen(app).weights.name == "lenet-digits"
    assert ("weights", text) in _wrong(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_knob_that_changes_a_shape_turns_to_untrained_weights_and_back(language: str) -> None:
    app = _open(language, net="vgg")
    trained = _chosen(app)
    app.number_input(key="vgg.size").set_value(64)
    _run(app)
    assert not _chosen(app).source.is_trained
    assert "1×64×64" in app.warning[0].value
    assert app.selectbox(key="weights").value == "untrained"
    again = _open(language, **_query(app))
    assert _chosen(again).spec == _chosen(app).spec
    app.number_input(key="vgg.size").set_value(trained.spec.input_shape[1])
    _run(app)
    assert _chosen(app) == trained
    assert not app.warning


def test_a_knob_that_changes_no_shape_keeps_the_weights_and_is_named() -> None:
    app = _open(net="lenet")
    app.session_state["lenet.activation"] = "relu"
    _run(app)
    assert _chosen(app).weights.name == "lenet-digits"
    assert "Activation = ReLU" in app.caption[0].value
    assert _query(app) == {"net": "lenet", "lenet.activation": "relu", "weights": "lenet-digits"}
    again = _open(**_query(app))
    assert _chosen(again) == _chosen(app)


def test_untrained_is_one_switch_away_and_keeps_the_knobs() -> None:
    app = _open(net="vgg")
    network = _chosen(app).spec
    app.selectbox(key="weights").set_value("untrained")
    _run(app)
    assert _chosen(app).spec == network
    assert _chosen(app).weights == WeightsRef()
    app.selectbox(key="weights").set_value("vgg-digits")
    _run(app)
    assert _chosen(app).source.is_trained


def test_knobs_that_a_checkpoint_sets_are_not_those_that_other_pages_begin_with() -> None:
    app = _open(net="vgg")
    assert not {key for key in app.session_state["address.written"] if key.startswith("vgg.")}


def test_another_network_comes_with_its_own_weights() -> None:
    app = _open(net="vgg")
    app.selectbox(key="net").set_value("lenet")
    _run(app)
    assert _chosen(app).weights.name == "lenet-digits"
    app.selectbox(key="net").set_value("nin")
    _run(app)
    assert _chosen(app).spec.architecture == "nin"


def _finished(**given: object) -> str:
    plan = RunPlan.parse({"architecture": "lenet", "dataset": "digits", **given})
    record = RunStore().create(plan, name="first try")
    write_checkpoint(record.folder / "checkpoint.safetensors", make_snapshot(plan.network(), {}, {}))
    write_state(record.folder, "finished", step=4, test_accuracy=0.75)
    return record.id


def test_a_finished_run_of_the_family_is_a_choice_and_brings_its_knobs() -> None:
    run = _finished(options={"pool": "max"}, settings={"seed": 6, "image_size": 20})
    app = _open()
    app.selectbox(key="weights").set_value(f"run:{run}")
    _run(app)
    chosen = _chosen(app)
    assert chosen.spec == ModelSpec.of("lenet", {"pool": "max"}, 20)
    assert "75%" in app.caption[0].value
    assert _query(app) == {"weights": f"run:{run}"}
    trained = build("lenet", {"pool": "max"}, (1, 20, 20), 10, seed=6)
    assert torch.equal(cached_network(chosen).conv1.weight, trained.conv1.weight)


def test_a_run_that_standardised_its_pixels_says_with_which_numbers() -> None:
    from cnnviz.data import dataset
    from cnnviz.train.batch_preparation import pixel_statistics

    run = _finished(limit=50, settings={"standardise": True, "batch_size": 10})
    assert _chosen(_open(weights=f"run:{run}")).scaling == pixel_statistics(
        dataset("digits").load("train", limit=50).images
    )


def test_a_run_that_goes_on_is_no_choice() -> None:
    run = _finished()
    write_state(RunStore().find(run).folder, "cancelled")
    app = _open(weights=f"run:{run}")
    assert ("weights", f"run:{run}") in _wrong(app)
    assert f"run:{run}" not in app.selectbox(key="weights").options


@pytest.fixture
def upload() -> Callable[[bytes], AppTest]:
    def take(data: bytes) -> AppTest:
        app = _open()
        app.selectbox(key="weights").set_value("file")
        _run(app)
        assert not _chosen(app).source.is_trained
        app.file_uploader(key="weights.upload.0").set_value(("mine.safetensors", data, "application/octet-stream"))
        return _run(app)

    return take


def test_a_file_of_ones_own_is_taken_for_this_session(upload: Callable[[bytes], AppTest]) -> None:
    data = save(build("lenet", seed=8).state_dict())
    app = upload(data)
    assert not app.error
    assert _chosen(app).weights == WeightsRef("file", sha256(data).hexdigest())
    assert _query(app)["weights"] == f"file:{sha256(data).hexdigest()[:16]}:mine.safetensors"
    assert app.file_uploader(key="weights.upload.1").value is None  # the uploader holds no second copy
    assert "mine.safetensors" in " ".join(caption.value for caption in app.caption).replace("\\", "")
    app.session_state["lenet.pool"] = "max"  # fits as well
    _run(app)
    assert _chosen(app).source.is_trained
    app.session_state["lenet.kernel"] = 3
    _run(app)
    assert len(app.error) == 1
    assert not _chosen(app).source.is_trained


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"\0" * 99, save(build("lenet").state_dict())[:-9]])
def test_a_file_that_does_not_fit_is_one_sentence(upload: Callable[[bytes], AppTest], data: bytes) -> None:
    app = upload(data)
    assert len(app.error) == 1
    assert not _chosen(app).source.is_trained


def test_a_file_that_is_none_of_weights_is_not_held(upload: Callable[[bytes], AppTest]) -> None:
    before = UPLOADED.total_bytes
    app = upload(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + 64 * b"0")
    assert "git lfs pull" in app.error[0].value
    assert UPLOADED.total_bytes == before
    assert _query(app)["weights"] == "file"
    assert len(_run(app).error) == 1


def test_a_file_under_other_names_says_what_was_done_to_them(upload: Callable[[bytes], AppTest]) -> None:
    state = build("lenet", seed=8).state_dict() | {"epoch": torch.tensor(3)}
    app = upload(save({name if name == "epoch" else f"module.{name}": tensor for name, tensor in state.items()}))
    said = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert "“module.”, which was left off" in said
    assert "Left out the tensors that no network needs: epoch" in said
    assert torch.equal(cached_network(_chosen(app)).fc3.weight, state["fc3.weight"])


def test_a_reload_finds_the_file_again_on_ones_own_machine(upload: Callable[[bytes], AppTest]) -> None:
    app = upload(save(build("lenet", {"pool": "max"}, seed=9).state_dict()))
    app.session_state["lenet.pool"] = "max"
    _run(app)
    again = _open(**_query(app))
    assert _chosen(again) == _chosen(app)
    assert _chosen(again).spec == ModelSpec.of("lenet", {"pool": "max"})
    assert not again.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_whose_file_is_not_held_says_so_and_how_to_bring_it_back(
    language: str, upload: Callable[[bytes], AppTest]
) -> None:
    data = save(build("lenet", seed=20 + list(LANGUAGES).index(language)).state_dict())
    app = _open(language, weights=f"file:{sha256(data).hexdigest()[:16]}:mine_[1].safetensors")
    assert "mine_[1].safetensors" in app.warning[0].value.replace("\\", "")
    assert not _chosen(app).source.is_trained
    assert app.selectbox(key="weights").value == "file"
    assert _query(app)["weights"].endswith("mine_[1].safetensors")
    app.file_uploader(key="weights.upload.0").set_value(("mine_[1].safetensors", data, "application/octet-stream"))
    _run(app)
    assert _chosen(app).weights == WeightsRef("file", sha256(data).hexdigest())
    assert not app.warning


def test_a_file_of_another_user_of_a_shared_server_is_not_given_away(
    upload: Callable[[bytes], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    query = _query(upload(save(build("lenet", seed=11).state_dict())))
    stranger = _open(**query)
    assert "mine.safetensors" in stranger.warning[0].value.replace("\\", "")
    assert not _chosen(stranger).source.is_trained


def test_a_file_that_had_to_go_meanwhile_is_named(
    upload: Callable[[bytes], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = upload(save(build("lenet", seed=12).state_dict()))
    monkeypatch.setattr(UPLOADED, "_files", OrderedDict())
    _run(app)
    assert "mine.safetensors" in app.error[0].value.replace("\\", "")
    assert _query(app)["weights"].endswith(":mine.safetensors")


def test_torchvisions_names_bring_the_scaling_of_its_published_weights() -> None:
    network = ModelSpec.of("mobilenet", {"version": "v3-small", "width": 0.25}, num_classes=10)
    known = _file_info("torchvision", network)
    assert known.scaling == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert (known.resize, known.classes) == (256, ())
    assert len(_file_info("torchvision", replace(network, num_classes=1000)).classes) == 1000
    assert _file_info("", network) == WeightsInfo()
    assert _file_info("order", network) == WeightsInfo()
    assert _file_info("torchvision", replace(network, input_shape=(1, 224, 224))) == WeightsInfo()


def _file_info(convention: str, spec: ModelSpec) -> WeightsInfo:
    return replace(file_info(NamePairing({}, convention=convention), spec), pairing=None)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A file as torchvision publishes it, at an address of this machine; its record carries its hash."""
    from torchvision import models

    path = tmp_path / "small.pth"
    torch.save(models.mobilenet_v3_small().state_dict(), path)
    usual = zoo_imagenet._facts
    facts = replace(
        usual("MobileNet_V3_Small_Weights.IMAGENET1K_V1", None),
        name="small-12345678.pth",
        sha256=sha256(path.read_bytes()).hexdigest(),
        most_bytes=path.stat().st_size,
        url=path.as_uri(),
    )
    monkeypatch.setattr(
        zoo_imagenet, "_facts", lambda record, scaling: facts if "V3_Small" in record else usual(record, scaling)
    )
    return path.read_bytes()


SMALL = {"net": "mobilenet", "mobilenet.version": "v3-small", "weights": "imagenet"}


def test_imagenet_weights_say_their_size_first_and_are_fetched_when_asked_for(published: bytes) -> None:
    app = _open(**SMALL)
    assert f"{round(len(published) / 1e6)} MB" in app.info[0].value
    assert not _chosen(app).source.is_trained
    app.button(key="imagenet.download").click()
    _run(app)
    chosen = _chosen(app)
    assert chosen.weights == WeightsRef("imagenet")
    assert _query(app) == SMALL
    assert published_path("small-12345678.pth").read_bytes() == published
    assert len(chosen.info.classes) == 1000
    assert (chosen.info.resize, chosen.scaling[0]) == (256, (0.485, 0.456, 0.406))
    assert not cached_network(chosen).training


def test_without_network_the_download_is_one_sentence_and_the_page_goes_on(published: bytes, tmp_path: Path) -> None:
    (tmp_path / "small.pth").unlink()
    app = _open(**SMALL)
    app.button(key="imagenet.download").click()
    _run(app)
    assert len(app.error) == 1
    assert "small-12345678.pth" in app.error[0].value.replace("\\", "")
    assert not _chosen(app).source.is_trained


def test_a_shared_server_refuses_a_large_download_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    app = _open(net="resnet", weights="imagenet")
    assert "CNNVIZ_MAX_DOWNLOAD_MB" in app.info[0].value.replace("\\", "")
    assert not [button for button in app.button if button.key == "imagenet.download"]


def test_the_knobs_lead_from_one_published_form_to_another() -> None:
    app = _open(net="resnet", weights="imagenet")
    assert dict(_chosen(app).spec.options)["form"] == "torchvision"
    assert "resnet18" in app.info[0].value.replace("\\", "")
    app.session_state["resnet.depth"] = 50
    _run(app)
    assert "resnet50" in app.info[0].value.replace("\\", "")
    assert _chosen(_open(**_query(app))).spec == _chosen(app).spec
    app.session_state["resnet.width"] = 0.5
    _run(app)
    assert "Width = 0.5" in app.warning[0].value
