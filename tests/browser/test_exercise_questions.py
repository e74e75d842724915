"""The exercise questions of a course on convolutional networks: each answered in full within three clicks.

They begin on the first page, or with the search; what is typed is no click. One browser tab walks all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from cnnviz.text import load

pytestmark = pytest.mark.browser
MOST = 3
"""Clicks to an answer."""
SHELL, HOME, STUDIO = (load(topic) for topic in ("shell", "pages/home", "pages/studio"))


@dataclass
class Walk:
    """A user's way to one answer; counts the clicks."""

    page: object
    settled: Callable[[object], None]
    clicks: list[str] = field(default_factory=list)

    def click(self, target: object, name: str) -> None:
        """Click when the page stands still."""
        target.wait_for()
        self.settled(self.page)
        self.clicks.append(name)
        target.click()

    def button(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first, name)

    def link(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name).first, name)

    def search(self, text: str, result: str) -> None:
        """Type `text` into the search and choose `result`: two clicks."""
        self.button(SHELL("search.label"))
        box = self.page.get_by_role("combobox", name=SHELL("search.prompt"))
        box.fill(text)
        self.click(self.page.get_by_role("option", name=result, exact=True), result)

    def menu(self, group: str, name: str) -> None:
        """Open a page by the menu: two clicks."""
        self.click(self.page.get_by_role("button", name=SHELL(f"group.{group}"), exact=True), group)
        self.click(self.page.get_by_role("menuitem", name=SHELL(f"page.{name}"), exact=True).first, name)

    def reads(self, *texts: str) -> None:
        """Wait until the page shows every one of `texts`, which answer the question."""
        for text in texts:
            self.page.get_by_text(text).locator("visible=true").first.wait_for()


def output_of_alexnets_first_layer(walk: Walk) -> None:
    walk.link("7.3 Padding and stride")
    walk.click(walk.page.get_by_text("AlexNet 224, 11, 4, 1", exact=True), "AlexNet 224, 11, 4, 1")
    walk.reads("⌊(224 + 2·1 − 11)/4⌋ + 1 = 54", "its output is 96×54×54")


def parameters_of_lenets_first_dense_layer(walk: Walk) -> None:
    walk.link("fc1: 120 values")
    walk.reads("16·5·5 = 400", "120·400 + 120 = 48,120")


def what_a_unit_of_conv2_sees(walk: Walk) -> None:
    walk.link("conv2: 16 feature maps")
    walk.reads("Each unit's receptive field is 14×14 pixels")


def what_a_1x1_convolution_is_for(walk: Walk) -> None:
    walk.link("8.4 GoogLeNet")
    tile = ".cnnviz-film-strip .tile[data-name='{}'] .link"
    walk.click(walk.page.locator(tile.format("inception3a.branch1.conv")), "inception3a")
    walk.click(walk.page.locator(tile.format("inception3a.branch3.conv1")), "inception3a.branch3.conv1")
    walk.reads("sets the number of channels", "4·24·5·5 = 2,400", "2·24 + 4·2·5·5 = 248")  # at an eighth of its width


def maximum_or_average_pooling(walk: Walk) -> None:
    walk.link(HOME("doors.train.open"))
    walk.button(STUDIO("experiment.pooling.title"))
    walk.reads("6 runs:", "on the test images, the mean of 3 seeds: no difference")


def why_relu_in_place_of_sigmoid(walk: Walk) -> None:
    walk.link(HOME("doors.train.open"))
    walk.reads("sigmoid, η 0.9: not within 10", "close to ln 10 = 2.30, where every class is equally likely")


def largest_learning_rate_with_batch_normalization(walk: Walk) -> None:
    walk.link(HOME("doors.train.open"))
    walk.button(STUDIO("experiment.batch-norm.title"))
    walk.reads("Without batch normalization LeNet learns with learning rates up to 0.1", "With batch normalization it")


def why_densenet_is_small(walk: Walk) -> None:
    walk.search("densenet keeps", "ResNet adds, DenseNet keeps")
    walk.reads("32·128·3·3 = 36,864 in DenseNet", "DenseNet has the fewest parameters, 758 k")


def which_digits_are_confused_most_and_why(walk: Walk) -> None:
    walk.link(HOME("doors.err.open"))
    walk.button("Most often: 3 predicted as 5, 3 of 61 images")
    walk.link("Why 5 and not 3")
    walk.page.get_by_role("heading", level=1, name="Why 5, and not 3?").wait_for()
    walk.reads("What supports 5 rather than 3 is mostly")


def smallest_image_that_googlenet_takes(walk: Walk) -> None:
    walk.search("googlenet architectures", "GoogLeNet · Architectures")
    walk.reads("This network takes even an image of 1×1", "Up to 32×32, its last feature maps are only 1×1.")


def what_the_network_looked_at_in_a_four(walk: Walk) -> None:
    walk.click(walk.page.locator(".cnnviz-pad .scores .rows"), "the scores of the drawn 4")
    walk.link(load("pages/walkthrough")("ties.saliency"))
    walk.page.get_by_role("heading", level=1, name="Which pixels support 4?").wait_for()
    walk.reads("What supports 4 is mostly")


def one_value_batch_normalized(walk: Walk) -> None:
    walk.link("8.5 Batch normalization")
    walk.reads("(1 − 4) / √(5 + 1e-05) = −1.34164")


def where_alexnets_parameters_are(walk: Walk) -> None:
    walk.menu("learn", "compare")
    walk.reads("most parameters sit in the dense layers", "46,764,746", "92%")


def one_weight_in_one_step(walk: Walk) -> None:
    walk.link(HOME("doors.train.open"))
    walk.button(STUDIO("one"))
    walk.click(walk.page.get_by_text(STUDIO("inside.minibatch"), exact=True), "inside")
    walk.reads("After the step the network holds", "Its gradient g =")


QUESTIONS: dict[str, Callable[[Walk], None]] = {
    "which output do 96 kernels of 11×11 with stride 4 and padding 1 give on 224×224": output_of_alexnets_first_layer,
    "how many parameters has the first dense layer of LeNet": parameters_of_lenets_first_dense_layer,
    "what does a unit of the second convolution see": what_a_unit_of_conv2_sees,
    "what is a 1×1 convolution for": what_a_1x1_convolution_is_for,
    "maximum or average pooling": maximum_or_average_pooling,
    "why ReLU in place of sigmoid": why_relu_in_place_of_sigmoid,
    "how large may the learning rate be with batch normalization": largest_learning_rate_with_batch_normalization,
    "why has DenseNet so few parameters": why_densenet_is_small,
    "which two digits are confused most, and why": which_digits_are_confused_most_and_why,
    "which is the smallest image that GoogLeNet takes": smallest_image_that_googlenet_takes,
    "what did the network look at in this 4": what_the_network_looked_at_in_a_four,
    "what does batch normalization make of one value": one_value_batch_normalized,
    "are AlexNet's parameters in its convolutions or its dense layers": where_alexnets_parameters_are,
    "how does one weight change in one step": one_weight_in_one_step,
}


def test_every_exercise_question_is_answered_within_three_clicks(visit, follow, settled) -> None:
    page = visit("/")
    clicks = {}
    for question, way in QUESTIONS.items():
        settled(page)  # a page that is still at work writes into the address
        follow(page, "/")
        page.get_by_role("heading", level=1, name=HOME("title")).wait_for()
        walk = Walk(page, settled)
        way(walk)
        clicks[question] = len(walk.clicks)
    assert max(clicks.values()) <= MOST, clicks
