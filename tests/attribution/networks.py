"""Small networks for the tests, written so that each of their steps can be computed by hand."""

import torch
from torch import nn


class Residual(nn.Module):
    """conv, ReLU, one residual block with batch normalization, max pooling, mean, dense: (N, 1, 8, 8) -> (N, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.relu1 = nn.Conv2d(1, 4, 3, padding=1), nn.ReLU()
        self.conv2, self.bn2, self.relu2 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()
        self.conv3, self.relu3 = nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.flatten, self.fc = nn.Flatten(), nn.Linear(64, 3)

    def forward(self, x):
        return self.tail(self.trunk(x))

    def trunk(self, x):
        """Up to relu3, whose maps Grad-CAM looks at."""
        x = self.relu1(self.conv1(x))
        return self.relu3(x + self.conv3(self.relu2(self.bn2(self.conv2(x)))))

    def tail(self, maps):
        """Behind relu3."""
        return self.fc(self.flatten(self.pool(maps)))


class Functional(nn.Module):
    """Calls its rectifier as a function, and works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(72, 3)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).flatten(1))


def residual(seed: int = 0) -> Residual:
    """A `Residual` with weights and statistics of `seed`, in evaluation mode."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Residual()
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5 if "var" in name else torch.randn_like(tensor) * 0.4)
    return network.eval()


def picture(seed: int = 0, shape=(1, 1, 8, 8)) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))
