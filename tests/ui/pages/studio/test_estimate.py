"""Before a training starts the page says how long it will take, and from what it knows that."""

from types import SimpleNamespace

import pytest

from cnnviz.checkpoints import checkpoint
from cnnviz.runs.environment import describe_machine
from cnnviz.runs.run_plan import RunPlan
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.studio.estimate import MeasuredSpeed, describe_estimate, nearest_speed, seconds

LENET = {
    "architecture": "lenet",
    "options": {},
    "dataset": "digits",
    "limit": None,
    "settings": {"epochs": 10, "batch_size": 256, "learning_rate": 0.9, "image_size": 28},
}


def _run(speed: float = 3000.0, step: int = 5, **changes: object) -> SimpleNamespace:
    settings = LENET["settings"] | changes
    return SimpleNamespace(
        title="first · abcd", plan=RunPlan.parse(LENET | {"settings": settings}), step=step, images_per_second=speed
    )


def test_the_last_run_of_the_same_network_tells_its_speed() -> None:
    said = describe_estimate(LENET, [_run(), _run(9000.0)], load("pages/studio"))
    # 10 epochs of 1,198 training images and a third of 599 test images
    assert "about 5 s" in said
    assert "3,000 images a second" in said
    assert seconds(LENET, 3000.0) == pytest.approx((11_980 + 5_990 / 3) / 3000)


def test_a_run_of_another_form_is_scaled_by_its_multiply_adds() -> None:
    t = load("pages/studio")
    large = _run(1000.0, image_size=56)
    said = describe_estimate(LENET, [_run(step=1), large], t)  # a first minibatch alone tells no speed
    assert "roughly" in said
    assert "the run first · abcd" in said
    smaller = int(said.split("roughly ")[1].split(" ")[0])
    assert 1 <= smaller < seconds(LENET, 1000.0)  # 28 pixels are less work than 56


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_run_the_shipped_network_is_named_with_its_machine(language: str) -> None:
    plan = {
        "architecture": "vgg",
        "options": {},
        "dataset": "fashion_mnist",
        "limit": None,
        "settings": {"epochs": 10, "batch_size": 128, "image_size": 96},
    }
    card = checkpoint("vgg-fashion_mnist")
    said = describe_estimate(plan, [], load("pages/studio", language))
    assert escape_markdown(card.name) in said
    assert escape_markdown(describe_machine(card.machine, language)) in said


def test_what_cannot_be_trained_is_left_to_the_error() -> None:
    small = LENET | {"settings": LENET["settings"] | {"image_size": 2}}
    assert describe_estimate(small, [], load("pages/studio")) == "50 minibatches (5 an epoch)."


def test_the_nearest_is_so_by_ratio() -> None:
    few, many = MeasuredSpeed("few", "", 10, 1.0), MeasuredSpeed("many", "", 1000, 1.0)
    assert nearest_speed([few, many], 90) is few
    assert nearest_speed([few, many], 110) is many
    assert nearest_speed([], 1) is None
