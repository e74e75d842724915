"""Networks as people write them, and texts that cannot be read, with the reason."""

from types import MappingProxyType

_HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
READ = {
    "functional": """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        return self.fc2(x)

    def num_flat_features(self, x):
        size = x.size()[1:]  # without the images
        count = 1
        for s in size:
            count *= s
        return count
""",
    "in-place relu": """
class Net(nn.Module):
    def __init__(self, width: int = 8, *, classes: int = 10) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(inplace=True))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        \"\"\"Scores of the classes.\"\"\"
        return self.head(torch.flatten(self.pool(self.block(x)), 1))
""",
    "helper functions": """
def conv3x3(in_planes: int, out_planes: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    \"\"\"3x3 convolution with padding\"\"\"
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False)

class Basic(nn.Module):
    expansion: int = 1

    def __init__(self, inplanes, planes, stride=1, downsample=None, norm_layer=None):
        super().__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)

class Net(nn.Module):
    def __init__(self, block=Basic, layers=(1, 2), num_classes=10):
        super().__init__()
        self.inplanes = 8
        self.conv1 = nn.Conv2d(3, self.inplanes, 7, 2, 3, bias=False)
        for i, count in enumerate(layers):
            setattr(self, f"layer{i + 1}", self._make_layer(block, 8 * 2 ** i, count, 1 if i == 0 else 2))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(16 * block.expansion, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def _make_layer(self, block, planes, blocks, stride):
        downsample = None
        if stride != 1 or self.inplanes != planes * block.expansion:
            downsample = nn.Sequential(nn.Conv2d(self.inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))
        layers = [block(self.inplanes, planes, stride, downsample)]
        self.inplanes = planes * block.expansion
        layers += [block(self.inplanes, planes) for _ in range(1, blocks)]
        return nn.Sequential(*layers)

    def _forward_impl(self, x):
        x = self.layer2(self.layer1(self.conv1(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))

    def forward(self, x):
        return self._forward_impl(x)
""",
    "nested sequential": """
net = nn.Sequential()
net.add_module("stem", nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()))
net.add_module("body", nn.Sequential(*[nn.Sequential(nn.Conv2d(8, 8, 3), nn.ReLU()) for _ in range(3)]))
net.add_module("head", nn.Sequential(nn.Flatten(), nn.Linear(8 * 24 * 24, 10)))
""",
    "ordered names": """
from collections import OrderedDict
model = nn.Sequential(OrderedDict([
    ("conv", nn.Conv2d(3, 4, (3, 5), padding=(1, 2))),
    ("act", nn.LeakyReLU(0.2, True)),
    ("pool", nn.MaxPool2d(2, ceil_mode=True)),
    ("flat", nn.Flatten()),
    ("fc", nn.Linear(4 * 16 * 16, 10, bias=False)),
]))
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = model.to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
""",
    "squeeze and excitation": """
class SE(nn.Module):
    def __init__(self, channel, reduction=4):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction, bias=False), nn.ReLU(inplace=True),
            nn.Linear(channel // reduction, channel, bias=False), nn.Sigmoid())

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.se = nn.Conv2d(3, 16, 3, padding=1), SE(16)
        self.out = nn.Linear(16, 10)

    def forward(self, x):
        x = self.se(F.relu(self.conv(x), inplace=True))
        return self.out(x.mean(dim=(2, 3)))
""",
    "view by size": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.SiLU())
        self.classifier = nn.Linear(8 * 15 * 15, 10)
    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), -1)
        return F.log_softmax(self.classifier(x), dim=1)
""",
    "constants and flags": """
CHANNELS = [3, 8, 16]
USE_BN = True

class Net(nn.Module):
    def __init__(self, act="relu", dropout=0.0):
        super().__init__()
        layers = []
        for c_in, c_out in zip(CHANNELS[:-1], CHANNELS[1:]):
            layers.append(nn.Conv2d(c_in, c_out, 3, stride=2, padding=1, bias=not USE_BN))
            if USE_BN:
                layers.append(nn.BatchNorm2d(c_out))
            if act == "relu":
                layers.append(nn.ReLU())
            elif act == "tanh":
                layers.append(nn.Tanh())
            else:
                raise ValueError(act)
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(CHANNELS[-1] * 8 ** 2, 10)

    def forward(self, x):
        x = self.features(x)
        assert x.shape[1] == CHANNELS[-1]
        return self.fc(x.flatten(1))
""",
    "中文注释": """
class 卷积网络(nn.Module):
    '''一个简单的网络'''
    def __init__(self, 类别数=10):
        super().__init__()
        self.卷积 = nn.Conv2d(3, 8, 3)  # 卷积层，输出8个通道
        self.全连接 = nn.Linear(8 * 30 * 30, 类别数)

    def forward(self, x):
        x = torch.relu(self.卷积(x))
        # 展平
        return self.全连接(x.reshape(x.shape[0], -1))
""",
    "module list": """
class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3 if i == 0 else 6, 6, 3, padding=1) for i in range(depth)])
        self.norms = nn.ModuleList()
        for _ in range(depth):
            self.norms.append(nn.GroupNorm(2, 6))
        self.fc = nn.Linear(6, 10)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = norm(conv(x)).relu()
        for i in range(len(self.convs) - 1):
            x = self.convs[i + 1](x) + x
        return self.fc(F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1))
""",
    "module dict": """
class Net(nn.Module):
    def __init__(self, kind="gelu"):
        super().__init__()
        self.acts = nn.ModuleDict({"relu": nn.ReLU(), "gelu": nn.GELU()})
        self.paths = nn.ModuleDict({f"k{k}": nn.Conv2d(3, 4, k, padding=k // 2) for k in (1, 3, 5)})
        self.kind = kind
        self.fc = nn.LazyLinear(10)

    def forward(self, x):
        outs = [self.acts[self.kind](path(x)) for name, path in self.paths.items()]
        return self.fc(torch.cat(outs, 1).flatten(start_dim=1))
""",
    "sequential subclass": """
class ConvBNReLU(nn.Sequential):
    def __init__(self, in_planes, out_planes, kernel_size=3, stride=1, groups=1):
        padding = (kernel_size - 1) // 2
        super(ConvBNReLU, self).__init__(
            nn.Conv2d(in_planes, out_planes, kernel_size, stride, padding, groups=groups, bias=False),
            nn.BatchNorm2d(out_planes),
            nn.ReLU6(inplace=True))

class InvertedResidual(nn.Module):
    def __init__(self, inp, oup, stride, expand_ratio):
        super().__init__()
        self.stride = stride
        assert stride in [1, 2]
        hidden_dim = int(round(inp * expand_ratio))
        self.use_res_connect = self.stride == 1 and inp == oup
        layers = []
        if expand_ratio != 1:
            layers.append(ConvBNReLU(inp, hidden_dim, kernel_size=1))
        layers.extend([
            ConvBNReLU(hidden_dim, hidden_dim, stride=stride, groups=hidden_dim),
            nn.Conv2d(hidden_dim, oup, 1, 1, 0, bias=False), nn.BatchNorm2d(oup)])
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        if self.use_res_connect:
            return x + self.conv(x)
        else:
            return self.conv(x)

net = nn.Sequential(ConvBNReLU(3, 8, stride=2), InvertedResidual(8, 8, 1, 6), InvertedResidual(8, 12, 2, 6),
                    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10))
""",
    "channel shuffle": """
def channel_shuffle(x, groups):
    batchsize, num_channels, height, width = x.data.size()
    channels_per_group = num_channels // groups
    x = x.view(batchsize, groups, channels_per_group, height, width)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(batchsize, -1, height, width)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 1, groups=1)
        self.b = nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x1, x2 = self.a(x).chunk(2, dim=1)
        out = channel_shuffle(torch.cat((x1, self.b(x2)), dim=1), 2)
        return self.fc(out.mean([2, 3]))
""",
    "partial and lambda": """
from functools import partial
norm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
act = lambda: nn.Hardswish()
block = lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding="same"), norm(o), act())
net = nn.Sequential(block(3, 4), block(4, 8), nn.AvgPool2d(32), nn.Flatten(), nn.Linear(8, 10))
""",
    "star arguments": """
class Block(nn.Module):
    def __init__(self, *channels, **settings):
        super().__init__()
        self.layers = nn.Sequential(*(nn.Conv2d(i, o, **settings) for i, o in zip(channels, channels[1:])))
    def forward(self, x):
        return self.layers(x).tanh()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        options = dict(kernel_size=3, padding=1)
        self.block = Block(3, 4, 5, **options)
        self.out = nn.Linear(5 * 32 * 32, 10)
    def forward(self, x):
        y = self.block(x)
        return self.out(y.view(len_of(y), -1))

def len_of(y):
    return y.shape[0]
""",
    "auxiliary only in training": """
class Net(nn.Module):
    def __init__(self, aux=True):
        super().__init__()
        self.aux = aux
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, 10)
        self.aux_fc = nn.Linear(4, 10)
    def forward(self, x):
        x = F.dropout(F.max_pool2d(self.conv(x), x.shape[-1] - 2).flatten(1), 0.3, self.training)
        if self.training and self.aux:
            return self.fc(x), self.aux_fc(x)
        return self.fc(x)
""",
    "inherited": """
class Base(nn.Module):
    width = 4
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, self.width, 3)
        self.fc = self.make_head()
    def make_head(self):
        return nn.Linear(self.width, 10)
    def forward(self, x):
        return self.fc(self.trunk(x).amax(dim=(2, 3)))
    def trunk(self, x):
        return self.conv(x)

class Net(Base):
    width = 6
    def trunk(self, x):
        return F.elu(super().trunk(x)) * 0.5 + 1
""",
    "static method": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*self.layers(3, 4), *self.layers(4, 6))
        self.head = nn.Linear(6 * 8 * 8, 10)
    @staticmethod
    def layers(i, o):
        return [nn.Conv2d(i, o, 3, padding=1), nn.PReLU(), nn.MaxPool2d(2)]
    def forward(self, x):
        return self.head(self.body(x).flatten(1))
""",
    "gated": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.gate = nn.Conv2d(3, 8, 3, padding=1)
        self.spatial = nn.Conv2d(2, 1, 7, padding=3)
        self.fc = nn.Linear(8, 10)
    def forward(self, x):
        y = self.conv(x) * torch.sigmoid(self.gate(x))
        avg, (top, _) = torch.mean(y, dim=1, keepdim=True), torch.max(y, dim=1, keepdim=True)
        y = y * self.spatial(torch.cat([avg, top], dim=1)).sigmoid_()
        return self.fc(F.avg_pool2d(y, y.size()[2:])[:, :, 0, 0])
""",
    "script": """
import argparse, os
import numpy as np
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

BATCH = 64
train_loader = DataLoader(datasets.CIFAR10("data", train=True), batch_size=BATCH, shuffle=True)

class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv2d(3, 8, kernel_size=3, dilation=2)
        self.fc = nn.Linear(8 * 28 * 28, 10)
    def forward(self, x):
        x = self.conv(x)
        print(x.shape)
        return self.fc(x.view(x.shape[0], -1))

def train(epoch):
    model.train()
    for data, target in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(data), target)
        loss.backward()

if __name__ == "__main__":
    model = Net().cuda()
    optimizer = torch.optim.Adam(model.parameters(), lr=np.float32(1e-3))
    for epoch in range(10):
        train(epoch)
    torch.save(model.state_dict(), "net.pth")
""",
}
READ_CLASSES = MappingProxyType({name: _HEAD + text for name, text in READ.items()})
"""For images of 3×32×32."""

_FORWARD = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        {}
        return self.conv(x)
"""
REFUSED = MappingProxyType(
    {
        "data decide": (_FORWARD.format("if x.sum(dim=1).max(dim=1)[0] > 0: x = -x"), "source_data", 7),
        "an item": (_FORWARD.format("x = x * x.mean(dim=1).item()"), "source_data", 7),
        "a file of weights": ("net = torch.load('net.pth')", "source_not_structure", 1),
        "a decorator": ("@torch.compile\nclass Net(nn.Module):\n    pass\n", "source_decorator", 1),
        "another library": ("from mine import Block\nnet = nn.Sequential(Block(3))", "source_import", 2),
        "a while loop": (_FORWARD.format("while True: x = self.conv(x)"), "source_statement", 7),
        "try": (_FORWARD.format("try: x = x\n        except Exception: pass"), "source_statement", 7),
        "a recurrent layer": ("net = nn.Sequential(nn.LSTM(3, 4))", "source_layer", 1),
        "weights in a formula": (
            _FORWARD.format("return F.conv2d(x, self.conv.weight)"), "source_layer", 7,
        ),
        "a name that is not there": (_FORWARD.format("x = self.pool(x)"), "source_attribute", 7),
        "a wrong argument": ("net = nn.Sequential(nn.Conv2d(3, 8, 3, strides=2))", "source_setting", 1),
        "no network": ("x = 3", "source_no_network", 0),
        "several outputs": (_FORWARD.format("return x, x"), "source_output", 2),
        "open arguments": (
            "class Net(nn.Module):\n    def __init__(self, width):\n        super().__init__()", "source_needs_call", 1,
        ),
        "a layer without brackets": ("net = nn.Sequential(nn.Flatten(), nn.ReLU)", "source_class_not_called", 1),
        "half a line": ("net = nn.Sequential(", "source_syntax", 1),
    }
)  # fmt: skip
"""A text, the key of its sentence, and the line that it names."""
