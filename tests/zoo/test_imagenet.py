"""Published ImageNet weights: the table against torchvision, and a file of the same format made here."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torchvision import models

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.zoo import build
from cnnviz.zoo.imagenet import (
    NUM_CLASSES,
    PUBLISHED,
    SHAPE,
    PublishedFile,
    PublishedWeights,
    first_published_weights,
    load_published,
    published_weights,
)
from cnnviz.zoo.torchvision_weights import load_torchvision
from tests.zoo.watching import randomised


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda entry: entry.record)
def test_every_entry_is_one_of_torchvision_s_for_a_network_of_as_many_parameters(entry: PublishedWeights) -> None:
    network = build(entry.architecture, entry.options, SHAPE, NUM_CLASSES, device="meta")
    record, facts = models.get_weight(entry.record), entry.facts()
    assert sum(weight.numel() for weight in network.parameters()) == record.meta["num_params"]
    assert facts.url.startswith("https://download.pytorch.org/models/")
    assert len(facts.classes) == NUM_CLASSES
    assert (facts.resize, facts.crop) == (256, 224)
    assert 4 * record.meta["num_params"] < facts.most_bytes < 4 * record.meta["num_params"] * 2.1  # aux heads
    assert published_weights(entry.architecture, entry.options) is entry


def test_a_form_that_torchvision_does_not_publish_has_none() -> None:
    entry = first_published_weights("resnet")
    assert entry is not None
    assert published_weights("resnet", entry.options | {"width": 0.5}) is None
    assert published_weights("lenet", {}) is None
    assert first_published_weights("nin") is None


def test_googlenet_s_scaling_is_torchvision_s_with_its_transform_of_the_input() -> None:
    entry = first_published_weights("googlenet")
    assert entry is not None
    own = models.GoogLeNet_Weights.IMAGENET1K_V1.transforms()
    with torch.device("meta"):
        theirs = models.googlenet(weights=None, init_weights=False, transform_input=True)
    pixels = torch.rand(1, 3, 4, 4)
    mean, deviation = (torch.tensor(numbers).view(3, 1, 1) for numbers in (own.mean, own.std))
    wanted = theirs._transform_input((pixels - mean) / deviation)
    ours = [torch.tensor(numbers).view(3, 1, 1) for numbers in (entry.facts().mean, entry.facts().deviation)]
    torch.testing.assert_close((pixels - ours[0]) / ours[1], wanted)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PublishedFile, torch.nn.Module]:
    """A file as torchvision publishes it, with weights drawn here."""
    theirs = randomised(models.mobilenet_v3_small())
    path = tmp_path_factory.mktemp("hub") / "whole.pth"
    torch.save(theirs.state_dict(), path)
    digest = sha256(path.read_bytes()).hexdigest()[:8]
    entry = published_weights("mobilenet", build_options("v3-small"))
    assert entry is not None
    return path, replace(entry.facts(), sha256=digest), theirs


def build_options(version: str) -> dict[str, object]:
    from cnnviz.zoo import architecture

    return architecture("mobilenet").resolve({"version": version})


def test_a_file_of_that_format_gives_torchvision_s_scores(small) -> None:
    path, facts, theirs = small
    ours = build("mobilenet", {"version": "v3-small"}, device="meta")
    load_torchvision(ours, load_published(path, facts))
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))


class Calls:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("ran",))


@pytest.mark.parametrize("damage", ["absent", "hash", "code", "text"])
def test_a_file_that_is_not_the_published_one_is_refused(small, tmp_path: Path, damage: str, capsys) -> None:
    path, facts, _ = small
    other = tmp_path / "other.pth"
    if damage == "hash":
        other.write_bytes(path.read_bytes()[:-1])
    elif damage == "code":  # even under the right hash
        torch.save({"a": Calls()}, other)
    elif damage == "text":
        other.write_bytes(b"no weights")
    if damage in ("code", "text"):
        facts = replace(facts, sha256=sha256(other.read_bytes()).hexdigest()[:8])
    with pytest.raises(UserError) as caught:
        load_published(other, facts)
    assert caught.value.key == ("weights_absent" if damage == "absent" else "weights_damaged")
    assert all(caught.value.describe(language) for language in LANGUAGES)
    assert "ran" not in capsys.readouterr().out
