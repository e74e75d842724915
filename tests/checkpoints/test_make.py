"""The script that makes the checkpoints: the same recipe gives the same files, bit for bit."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from cnnviz.checkpoints import CHECKPOINTS, MEASURED, Card
from cnnviz.runs.run_plan import RunPlan
from cnnviz.zoo import architecture

FOLDER = Path(__file__).parents[2] / "checkpoints"
SHORT = {
    "architecture": "lenet",
    "dataset": "digits",
    "limit": 96,
    "settings": {
        "epochs": 2,
        "batch_size": 32,
        "learning_rate": 0.01,
        "optimizer": "adam",
        "image_size": 28,
        "augment": ["crop"],
        "threads": 1,
    },
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_checkpoints", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_recipe_makes_the_same_files_again_bit_for_bit(script: ModuleType, tmp_path: Path) -> None:
    cards = []
    for turn in ("first", "second"):
        folder = tmp_path / turn
        folder.mkdir()
        cards.append(script.make("short", SHORT, tmp_path / f"runs-{turn}", folder))
    assert cards[0].sha256 == cards[1].sha256
    assert cards[0].weights_path.read_bytes() == cards[1].weights_path.read_bytes()
    assert Card.read(tmp_path / "first" / "short.json") == cards[0]
    assert cards[0].test_accuracy == cards[1].test_accuracy
    assert sum(map(sum, cards[0].confusion)) == 599  # the whole test split, whatever the limit


def test_every_shipped_card_is_that_of_its_recipe(script: ModuleType) -> None:
    recipes = script.recipes()
    assert {*CHECKPOINTS, *MEASURED} <= set(recipes)
    for name, card in {**CHECKPOINTS, **MEASURED}.items():
        given = recipes[name]
        plan = script.plan(given)
        assert given.pop("ships", True) == (name in CHECKPOINTS)
        assert (card.architecture, card.dataset) == (plan.architecture, plan.dataset)
        assert architecture(card.architecture).resolve(card.options) == dict(plan.options)  # a card may be older
        assert card.settings["seed"] == plan.config.seed
        assert RunPlan.parse({**given, "settings": dict(card.settings)}).config == plan.config
        assert card.command == plan.command()
        assert name.endswith(f"-{card.dataset}")


def test_weights_that_do_not_ship_stay_with_their_run(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    short = {**SHORT, "ships": False, "limit": 32, "settings": {**SHORT["settings"], "epochs": 1}}
    card = script.make("short", short, tmp_path / "runs", tmp_path / "folder")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["short.json"]
    assert (tmp_path / "runs" / "short" / "short.safetensors").stat().st_size == card.bytes
    assert not card.weights_path.exists()
