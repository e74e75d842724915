"""Which training images mattered, against gradients taken one by one, and against Captum."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz.attribution import Stopped, Target
from cnnviz.attribution.tracin import TracInCheckpoint, tracin_scores
from cnnviz.errors import UserError

IMAGES = torch.rand(7, 1, 8, 8, generator=torch.Generator().manual_seed(3))
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0])


def batches(labels):
    return lambda most: zip(IMAGES.split(min(most, 3)), labels.split(min(most, 3)), strict=True)


def slopes(network, loss):
    return torch.cat([slope.flatten() for slope in torch.autograd.grad(loss, [network.fc.weight, network.fc.bias])])


@pytest.mark.parametrize("several", [False, True])
def test_the_score_is_the_product_of_the_last_layers_gradients(networks, several):
    image, k = networks.picture(), 1
    moments = [TracInCheckpoint(networks.residual(0), 0.1), TracInCheckpoint(networks.residual(1), 0.02)]
    if several:
        labels = functional.one_hot(LABELS, 3).float()
        loss = functional.binary_cross_entropy_with_logits
    else:
        labels, loss = LABELS, functional.cross_entropy
    found = tracin_scores(moments, image, Target(k, independent=several), batches(labels), loss, count=14)
    expected = torch.zeros(7)
    for moment in moments:
        network = moment.network.requires_grad_()
        score = network(image)
        chance = score.sigmoid() if several else score.softmax(1)
        raised = slopes(network, chance[0, k].log())
        for number in range(7):
            one = loss(network(IMAGES[number][None]), labels[number][None])
            expected[number] += moment.rate * float(raised @ -slopes(network, one))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
    before = network.fc.weight.clone()
    with torch.no_grad():  # a small step on the image that helps most does raise the class
        best = int(
            tracin_scores(moments[1:], image, Target(k, independent=several), batches(labels), loss, count=7).argmax()
        )
    step = torch.autograd.grad(loss(network(IMAGES[best][None]), labels[best][None]), network.fc.weight)[0]
    chance = [network(image)[0, k] if several else network(image).log_softmax(1)[0, k]]
    with torch.no_grad():
        network.fc.weight -= 1e-3 * step
    chance.append(network(image)[0, k] if several else network(image).log_softmax(1)[0, k])
    assert chance[1] > chance[0]
    assert not torch.equal(before, network.fc.weight)


def test_it_tells_how_far_it_is_and_stops_when_asked(networks):
    told = []
    tracin_scores(
        [TracInCheckpoint(networks.residual(), 1.0)],
        networks.picture(),
        Target(1),
        batches(LABELS),
        functional.cross_entropy,
        count=7,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told[-1] == (7, 7)
    with pytest.raises(Stopped):
        tracin_scores(
            [TracInCheckpoint(networks.residual(), 1.0)],
            networks.picture(),
            Target(1),
            batches(LABELS),
            functional.cross_entropy,
            count=7,
            stop=lambda: True,
        )


def test_scores_that_come_from_no_dense_layer_are_refused():
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(UserError) as error:
        tracin_scores(
            [TracInCheckpoint(network, 1.0)], IMAGES[:1], Target(1), batches(LABELS), functional.cross_entropy, count=7
        )
    assert error.value.key == "attribution_no_dense"
