"""What is said of a network's answers equals what scikit-learn and plain counting say."""

import numpy as np
import pytest
import torch
from sklearn import metrics

from cnnviz.train import BatchPreparation
from cnnviz.train.calibration import calibrate
from cnnviz.train.class_metrics import class_metrics
from cnnviz.train.predictions import IMAGE_ORDERS, OUTCOMES, Predictions, predictions, select_images


def _draw(shape: tuple[int, ...], seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def single() -> Predictions:
    labels = torch.arange(200) % 5
    logits = _draw((200, 5)) + 2 * torch.nn.functional.one_hot(labels, 5)
    logits[:, 4] -= 9  # a class that is never given
    return Predictions(logits, labels)


@pytest.fixture
def several() -> Predictions:
    labels = (_draw((150, 4), 1) > 0.3).float()
    return Predictions(_draw((150, 4), 2) + 2 * labels - 1, labels)


@pytest.fixture(params=["single", "several"])
def answers(request: pytest.FixtureRequest) -> Predictions:
    return request.getfixturevalue(request.param)


def test_the_answers_are_the_networks_own_whatever_the_batch(network, test_set) -> None:
    heard: list[tuple[int, int]] = []
    found = predictions(network, test_set, BatchPreparation(), 7, lambda *told: heard.append(told))
    with torch.no_grad():
        expected = network(test_set.images.float() / 255)
    torch.testing.assert_close(found.logits, expected)
    assert heard == [(7, 30), (14, 30), (21, 30), (28, 30), (30, 30)]
    assert not found.logits.requires_grad


def test_the_counts_are_those_of_scikit_learn(single: Predictions) -> None:
    expected = metrics.confusion_matrix(single.labels.numpy(), single.logits.numpy().argmax(1), labels=range(5))
    assert np.array_equal(single.confusion().numpy(), expected)
    assert single.accuracy() == pytest.approx(expected.trace() / 200)


def test_with_several_classes_each_has_the_counts_of_scikit_learn(several: Predictions) -> None:
    expected = metrics.multilabel_confusion_matrix(several.labels.numpy(), several.logits.numpy() > 0)
    assert np.array_equal(several.confusion().numpy(), expected.reshape(4, 4))
    assert len(OUTCOMES) == 4


def test_a_cell_holds_exactly_the_images_that_it_counts(answers: Predictions) -> None:
    counts = answers.confusion()
    for row in range(counts.shape[0]):
        for column in range(counts.shape[1]):
            assert int(answers.cell(row, column).sum()) == counts[row, column]
            for number in select_images(answers, "mistakes", row, column):
                label = answers.labels[number]
                if not answers.several:
                    assert (int(label), int(answers.logits[number].argmax())) == (row, column)
                else:
                    said = bool(answers.logits[number, row] > 0)
                    assert column == 2 * int(label[row]) + int(said)
    assert int(answers.cell().sum()) == len(answers)


def test_a_row_and_a_column_gather_their_cells(single: Predictions) -> None:
    assert int(single.cell(2, None).sum()) == int(single.confusion()[2].sum())
    assert int(single.cell(None, 2).sum()) == int(single.confusion()[:, 2].sum())


def test_the_most_confident_mistakes_come_first_and_are_mistakes(answers: Predictions) -> None:
    found = select_images(answers, "mistakes")
    assert len(found) == int((~answers.right()).sum())
    sure = answers.mistake()[found].tolist()
    assert sure == sorted(sure, reverse=True)
    assert min(sure) > (0.5 if answers.several else 0.2)


def test_the_least_certain_come_first_in_their_view(answers: Predictions) -> None:
    sure = answers.confidence()[select_images(answers, "uncertain")].tolist()
    assert len(sure) == len(answers)
    assert sure == sorted(sure)


@pytest.mark.parametrize("view", IMAGE_ORDERS)
def test_every_view_gives_each_image_once(answers: Predictions, view: str) -> None:
    found = select_images(answers, view, 1, 1)
    assert sorted(found) == answers.cell(1, 1).nonzero().flatten().tolist()
    assert select_images(answers, "number") == list(range(len(answers)))


def test_recall_and_precision_are_those_of_scikit_learn(answers: Predictions) -> None:
    truth = answers.labels.numpy()
    said = answers.predicted().numpy()
    expected = metrics.precision_recall_fscore_support(truth, said, zero_division=np.nan)
    for score, precision, recall, images in zip(
        class_metrics(answers), expected[0], expected[1], expected[3], strict=True
    ):
        assert score.recall == pytest.approx(recall)
        assert score.images == images
        assert np.isnan(precision) if score.precision is None else score.precision == pytest.approx(precision)


def test_the_calibration_error_is_the_weighted_gap_of_the_bins(answers: Predictions) -> None:
    given = answers.logits.double()
    if answers.several:
        chance = 1 / (1 + np.exp(-given.numpy()))
        sure = np.maximum(chance, 1 - chance).ravel()
        right = ((chance > 0.5) == (answers.labels.numpy() > 0.5)).ravel()
    else:
        chance = np.exp(given.numpy()) / np.exp(given.numpy()).sum(1, keepdims=True)
        sure, right = chance.max(1), chance.argmax(1) == answers.labels.numpy()
    expected = 0.0
    for low in np.arange(10) / 10:
        inside = (sure > low) & (sure <= low + 0.1)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    found = calibrate(answers)
    assert found.error == pytest.approx(expected, abs=1e-6)
    assert sum(one.count for one in found.bins) == found.count == len(sure)
    assert found.accuracy == pytest.approx(right.mean())


def test_a_network_that_is_always_sure_and_right_has_no_calibration_error() -> None:
    labels = torch.arange(6) % 3
    found = calibrate(Predictions(1e4 * torch.nn.functional.one_hot(labels, 3).float(), labels))
    assert found.error == 0
    assert [one.count for one in found.bins] == [0] * 9 + [6]
