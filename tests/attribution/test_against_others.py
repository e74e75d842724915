"""The maps of the package grad-cam."""

import pytest
import torch

from cnnviz.attribution import METHODS, Target


@pytest.mark.filterwarnings("ignore")
def test_grad_cam_is_the_packages_on_torchvisions_resnet():
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from torchvision.models import resnet18

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = resnet18(num_classes=7).eval()
    image = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    found = METHODS["grad-cam"].attribute(network, image, Target(5), layer="layer3")
    with GradCAM(network, [network.layer3]) as cam:
        theirs = torch.from_numpy(cam(image.clone(), [ClassifierOutputTarget(5)])[0])
    positive = torch.nn.functional.interpolate(
        _scaled(found.values.clamp_min(0))[None, None], (96, 96), mode="bilinear"
    )[0, 0]
    assert float((_scaled(positive) - theirs).abs().max()) < 1e-5


def _scaled(values):
    """As the package normalises."""
    values = values - values.min()
    return values / (values.max() + 1e-7)
