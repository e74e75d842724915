"""Feedback is an explanation with the numbers."""

import pytest

from cnnviz.errors import UserError
from cnnviz.lessons.questions import NotApplicable, TracedNetwork, applicable, check, generate
from tests.lessons.questions.networks import own, traced


def test_a_floor_left_out_is_said_with_its_numbers() -> None:
    """(57 + 2 − 11)/4 would be a whole number: the generator never draws 57, and 58 gives 12.25."""
    network = traced("AlexNet").about("conv1")
    drawn = [generate("output-side", network, seed) for seed in range(300)]
    assert all(question.facts["n"] != 57 for question in drawn)
    question = next(question for question in drawn if question.facts["n"] == 58)
    assert question.right == 13
    feedback = check(question, 13.25)
    assert (feedback.right, feedback.misconception) == (False, "no_floor")
    first, second = feedback.describe("en")
    assert first == (
        "You left out the floor: 12.25 + 1 = 13.25. PyTorch cuts 12.25 to 12, since the last window must lie inside; "
        "+ 1 = 13."
    )
    assert second == "⌊(58 + 2·1 − 11) / 4⌋ + 1 = ⌊12.25⌋ + 1 = 13."
    assert dict(feedback.link.params) == {"layer": "conv1"}


def test_a_right_response_is_explained_too() -> None:
    question = generate("convolution-parameters", traced("LeNet").about("conv2"), 0)
    feedback = check(question, 2416)
    assert feedback.right
    assert feedback.describe("en") == (
        "16 kernels, each of 6 channels with 25 weights: 16·6·25 = 2,400; and 16 biases: 2,416.",
    )


def test_a_value_of_no_known_procedure_is_not_explained_away() -> None:
    feedback = check(generate("convolution-parameters", traced("LeNet").about("conv2"), 0), 7)
    assert not feedback.right
    assert feedback.misconception is None
    assert feedback.sentences[0].key == "unknown"


@pytest.mark.parametrize("response", ["53", None, True, float("nan"), (1, 2)])
def test_a_response_of_another_form_is_refused(response: object) -> None:
    with pytest.raises(UserError, match="cannot take"):
        check(generate("output-side", traced("LeNet"), 0), response)


@pytest.mark.parametrize("response", [(1, 28), (-1, 0), (1.5, 2), (1,), "1,2", [1, 2]])
def test_a_click_outside_the_map_is_refused(response: object) -> None:
    with pytest.raises(UserError, match="cannot take"):
        check(generate("window-place", traced("LeNet").about("pool1"), 0), response)


def test_a_network_without_the_layer_says_so() -> None:
    with pytest.raises(NotApplicable, match="has nothing"):
        generate("dense-parameters", traced("NiN"), 0)
    with pytest.raises(NotApplicable, match="choose an image"):
        generate("pool-outputs", traced("LeNet"), 0)
    with pytest.raises(UserError, match="no question called"):
        generate("riddle", traced("LeNet"), 0)


def test_questions_about_one_layer_are_about_it() -> None:
    network = own().about("pool")
    names = applicable(network)
    assert {"output-side", "pool-outputs", "window-place"} <= set(names)
    assert "convolution-parameters" not in names
    assert all(generate(name, network, 3).facts["layer"] == "pool" for name in names)


def test_a_network_of_no_layers_has_no_questions() -> None:
    from torch import nn

    assert applicable(TracedNetwork.of_module(nn.Identity(), (1, 4, 4), "nothing")) == ()
