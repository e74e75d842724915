"""The notebook's cell that the page of one's own network shows writes files that open with the same outputs."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision import models

from cnnviz.models import load_model
from cnnviz.ui.pages.own.opened_file import notebook_cell


class Block(nn.Module):
    """What people write: blocks, functions, a layer called twice, views by the size of the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.act = nn.SiLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(x + self.body(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, padding="same"), Block(), nn.MaxPool2d(2), nn.Dropout(0.1))
        self.pool = nn.AdaptiveAvgPool2d((2, 2))
        self.fc = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        whole = self.features(x)
        half = F.avg_pool2d(F.relu(whole), 2)
        joined = torch.cat([self.pool(whole), self.pool(half)], dim=1)
        return self.fc(F.dropout(joined.view(joined.size(0), -1), 0.5, self.training))


@pytest.mark.parametrize(
    ("network", "shape"),
    [(Net(), (1, 28, 28)), (models.resnet18(num_classes=10), (3, 64, 64)), (models.squeezenet1_1(), (3, 64, 64))],
    ids=["own", "resnet18", "squeezenet"],
)
def test_a_network_of_torch_opens_with_the_same_outputs(
    network: nn.Module, shape: tuple[int, int, int], tmp_path: Path
) -> None:
    assert len(notebook_cell().splitlines()) <= 30
    assert "cnnviz import" not in notebook_cell()
    space: dict[str, object] = {"net": network, "path": str(tmp_path / "net.safetensors"), "shape": shape}
    exec(compile(notebook_cell() + "save_network(net, shape, path)\n", "cell", "exec"), space)
    image = torch.rand(2, *shape)
    opened = load_model(str(tmp_path / "net.safetensors"))
    assert opened.spec.input_shape == shape
    with torch.no_grad():
        torch.testing.assert_close(opened.network()(image), network.eval()(image), rtol=1e-5, atol=1e-5)
