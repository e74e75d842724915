import math

import pytest
import torch
from torch import nn

from cnnviz.train.objective import objective_for

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [-3.0, 1.0, 0.0], [0.1, 0.2, -0.3]])
CLASSES = torch.tensor([0, 2, 1])
SEVERAL = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_cross_entropy_with_label_smoothing_equals_torch(smoothing):
    theirs = nn.CrossEntropyLoss(label_smoothing=smoothing)(LOGITS, CLASSES)
    assert torch.equal(objective_for(CLASSES).loss(LOGITS, CLASSES, smoothing), theirs)


def test_smoothed_cross_entropy_is_the_hand_calculation():
    logits, smoothing = torch.tensor([[math.log(3.0), 0.0]]), 0.2  # probabilities 3/4 and 1/4
    by_hand = -(0.9 * math.log(0.75) + 0.1 * math.log(0.25))
    assert float(objective_for(CLASSES).loss(logits, torch.tensor([0]), smoothing)) == pytest.approx(by_hand)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_binary_cross_entropy_is_that_of_smoothed_labels(smoothing):
    theirs = nn.BCEWithLogitsLoss()(LOGITS, torch.where(SEVERAL > 0, 1 - smoothing / 2, smoothing / 2))
    assert torch.allclose(objective_for(SEVERAL).loss(LOGITS, SEVERAL, smoothing), theirs)


def test_an_image_of_several_classes_is_right_only_when_every_class_is():
    assert objective_for(SEVERAL).right(LOGITS, SEVERAL).tolist() == [True, False, True]  # 0 says "absent"


def test_an_image_of_one_class_is_right_when_its_score_is_the_highest():
    assert objective_for(CLASSES).right(LOGITS, CLASSES).tolist() == [True, False, True]
