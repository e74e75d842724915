"""The networks of the course's convolution chapters in the styles of its PyTorch editions, with their counts."""

from types import MappingProxyType
from typing import NamedTuple


class Cell(NamedTuple):
    """A text, the image that it is for, and the parameters and multiply-adds of its network."""

    source: str
    shape: tuple[int, int, int]
    params: int
    macs: int


_LENET_EAGER = """
import torch
from torch import nn
from d2l import torch as d2l

net = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),
    nn.Linear(120, 84), nn.Sigmoid(),
    nn.Linear(84, 10))

X = torch.rand(size=(1, 1, 28, 28), dtype=torch.float32)
for layer in net:
    X = layer(X)
    print(layer.__class__.__name__, 'output shape: \\t', X.shape)

batch_size = 256
train_iter, test_iter = d2l.load_data_fashion_mnist(batch_size=batch_size)
"""
_LENET_LAZY = """
import torch
from torch import nn
from d2l import torch as d2l

def init_cnn(module):
    if type(module) == nn.Linear or type(module) == nn.Conv2d:
        nn.init.xavier_uniform_(module.weight)

class LeNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120), nn.Sigmoid(),
            nn.LazyLinear(84), nn.Sigmoid(),
            nn.LazyLinear(num_classes))

@d2l.add_to_class(d2l.Classifier)
def layer_summary(self, X_shape):
    X = d2l.randn(*X_shape)
    for layer in self.net:
        X = layer(X)
        print(layer.__class__.__name__, 'output shape:\\t', X.shape)

model = LeNet()
model.layer_summary((1, 1, 28, 28))
"""
_LENET_FIRST = """
class LeNet(nn.Module):
    def __init__(self):
        super(LeNet, self).__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5), # in_channels, out_channels, kernel_size
            nn.Sigmoid(),
            nn.MaxPool2d(2, 2), # kernel_size, stride
            nn.Conv2d(6, 16, 5),
            nn.Sigmoid(),
            nn.MaxPool2d(2, 2)
        )
        self.fc = nn.Sequential(
            nn.Linear(16*4*4, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
        )

    def forward(self, img):
        feature = self.conv(img)
        output = self.fc(feature.view(img.shape[0], -1))
        return output
"""
_ALEXNET_EAGER = """
net = nn.Sequential(
    nn.Conv2d(1, 96, kernel_size=11, stride=4, padding=1), nn.ReLU(),  # 窗口大，因为图像大
    nn.MaxPool2d(kernel_size=3, stride=2),
    nn.Conv2d(96, 256, kernel_size=5, padding=2), nn.ReLU(),
    nn.MaxPool2d(kernel_size=3, stride=2),
    nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),
    nn.Conv2d(384, 384, kernel_size=3, padding=1), nn.ReLU(),
    nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(),
    nn.MaxPool2d(kernel_size=3, stride=2),
    nn.Flatten(),
    nn.Linear(6400, 4096), nn.ReLU(), nn.Dropout(p=0.5),
    nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(p=0.5),
    nn.Linear(4096, 10))
"""
_ALEXNET_LAZY = """
class AlexNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(96, kernel_size=11, stride=4, padding=1),
            nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(256, kernel_size=5, padding=2), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(256, kernel_size=3, padding=1), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2), nn.Flatten(),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(p=0.5),
            nn.LazyLinear(4096), nn.ReLU(),nn.Dropout(p=0.5),
            nn.LazyLinear(num_classes))
        self.net.apply(d2l.init_cnn)
"""
_VGG_EAGER = """
def convolutions(depth, in_channels, out_channels):
    layers = []
    for _ in range(depth):
        layers.append(nn.Conv2d(in_channels, out_channels,
                                kernel_size=3, padding=1))
        layers.append(nn.ReLU())
        in_channels = out_channels
    layers.append(nn.MaxPool2d(kernel_size=2,stride=2))
    return nn.Sequential(*layers)

plan = ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))

def network(plan):
    stages = []
    in_channels = 1
    for (depth, out_channels) in plan:
        stages.append(convolutions(depth, in_channels, out_channels))
        in_channels = out_channels

    return nn.Sequential(
        *stages, nn.Flatten(),
        nn.Linear(out_channels * 7 * 7, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 10))

net = network(plan)
"""
_VGG_SMALL = (
    _VGG_EAGER
    + """
ratio = 4
narrow = [(pair[0], pair[1] // ratio) for pair in plan]
net = network(narrow)
"""
)
_VGG_LAZY = """
def convolutions(depth, out_channels):
    layers = []
    for _ in range(depth):
        layers.append(nn.LazyConv2d(out_channels, kernel_size=3, padding=1))
        layers.append(nn.ReLU())
    layers.append(nn.MaxPool2d(kernel_size=2,stride=2))
    return nn.Sequential(*layers)

class VGG(d2l.Classifier):
    def __init__(self, arch, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        stages = []
        for (depth, out_channels) in arch:
            stages.append(convolutions(depth, out_channels))
        self.net = nn.Sequential(
            *stages, nn.Flatten(),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(0.5),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(0.5),
            nn.LazyLinear(num_classes))
        self.net.apply(d2l.init_cnn)

VGG(arch=((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))).layer_summary(
    (1, 1, 224, 224))
model = VGG(arch=((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)), lr=0.01)
trainer = d2l.Trainer(max_epochs=10, num_gpus=1)
trainer.fit(model, data)
"""
_NIN_EAGER = """
def mlpconv(in_channels, out_channels, kernel_size, step, padding):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size, step, padding),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU())

net = nn.Sequential(
    mlpconv(1, 96, kernel_size=11, step=4, padding=0),
    nn.MaxPool2d(3, stride=2),
    mlpconv(96, 256, kernel_size=5, step=1, padding=2),
    nn.MaxPool2d(3, stride=2),
    mlpconv(256, 384, kernel_size=3, step=1, padding=1),
    nn.MaxPool2d(3, stride=2),
    nn.Dropout(0.5),
    mlpconv(384, 10, kernel_size=3, step=1, padding=1),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Flatten())
"""
_NIN_LAZY = """
def mlpconv(out_channels, kernel_size, step, padding):
    return nn.Sequential(
        nn.LazyConv2d(out_channels, kernel_size, step, padding), nn.ReLU(),
        nn.LazyConv2d(out_channels, kernel_size=1), nn.ReLU(),
        nn.LazyConv2d(out_channels, kernel_size=1), nn.ReLU())

class NiN(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            mlpconv(96, kernel_size=11, step=4, padding=0),
            nn.MaxPool2d(3, stride=2),
            mlpconv(256, kernel_size=5, step=1, padding=2),
            nn.MaxPool2d(3, stride=2),
            mlpconv(384, kernel_size=3, step=1, padding=1),
            nn.MaxPool2d(3, stride=2),
            nn.Dropout(0.5),
            mlpconv(num_classes, kernel_size=3, step=1, padding=1),
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten())
        self.net.apply(d2l.init_cnn)
"""
_GOOGLENET_EAGER = """
from torch.nn import functional as F

class Inception(nn.Module):
    def __init__(self, in_channels, c1, c2, c3, c4, **kwargs):
        super(Inception, self).__init__(**kwargs)
        self.one = nn.Conv2d(in_channels, c1, kernel_size=1)
        self.two_a = nn.Conv2d(in_channels, c2[0], kernel_size=1)
        self.two_b = nn.Conv2d(c2[0], c2[1], kernel_size=3, padding=1)
        self.three_a = nn.Conv2d(in_channels, c3[0], kernel_size=1)
        self.three_b = nn.Conv2d(c3[0], c3[1], kernel_size=5, padding=2)
        self.four_a = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.four_b = nn.Conv2d(in_channels, c4, kernel_size=1)

    def forward(self, x):
        p1 = F.relu(self.one(x))
        p2 = F.relu(self.two_b(F.relu(self.two_a(x))))
        p3 = F.relu(self.three_b(F.relu(self.three_a(x))))
        p4 = F.relu(self.four_b(self.four_a(x)))
        return torch.cat((p1, p2, p3, p4), dim=1)

b1 = nn.Sequential(nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3),
                   nn.ReLU(),
                   nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
b2 = nn.Sequential(nn.Conv2d(64, 64, kernel_size=1),
                   nn.ReLU(),
                   nn.Conv2d(64, 192, kernel_size=3, padding=1),
                   nn.ReLU(),
                   nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
b3 = nn.Sequential(Inception(192, 64, (96, 128), (16, 32), 32),
                   Inception(256, 128, (128, 192), (32, 96), 64),
                   nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
b4 = nn.Sequential(Inception(480, 192, (96, 208), (16, 48), 64),
                   Inception(512, 160, (112, 224), (24, 64), 64),
                   Inception(512, 128, (128, 256), (24, 64), 64),
                   Inception(512, 112, (144, 288), (32, 64), 64),
                   Inception(528, 256, (160, 320), (32, 128), 128),
                   nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
b5 = nn.Sequential(Inception(832, 256, (160, 320), (32, 128), 128),
                   Inception(832, 384, (192, 384), (48, 128), 128),
                   nn.AdaptiveAvgPool2d((1,1)),
                   nn.Flatten())

net = nn.Sequential(b1, b2, b3, b4, b5, nn.Linear(1024, 10))
X = torch.rand(size=(1, 1, 96, 96))
for layer in net:
    X = layer(X)
"""
_GOOGLENET_LAZY = """
class Inception(nn.Module):
    def __init__(self, c1, c2, c3, c4, **kwargs):
        super(Inception, self).__init__(**kwargs)
        self.one = nn.LazyConv2d(c1, kernel_size=1)
        self.two_a = nn.LazyConv2d(c2[0], kernel_size=1)
        self.two_b = nn.LazyConv2d(c2[1], kernel_size=3, padding=1)
        self.three_a = nn.LazyConv2d(c3[0], kernel_size=1)
        self.three_b = nn.LazyConv2d(c3[1], kernel_size=5, padding=2)
        self.four_a = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.four_b = nn.LazyConv2d(c4, kernel_size=1)

    def forward(self, x):
        b1 = F.relu(self.one(x))
        b2 = F.relu(self.two_b(F.relu(self.two_a(x))))
        b3 = F.relu(self.three_b(F.relu(self.three_a(x))))
        b4 = F.relu(self.four_b(self.four_a(x)))
        return torch.cat((b1, b2, b3, b4), dim=1)

class Inceptions(d2l.Classifier):
    def b1(self):
        return nn.Sequential(
            nn.LazyConv2d(64, kernel_size=7, stride=2, padding=3),
            nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(Inceptions)
def b2(self):
    return nn.Sequential(
        nn.LazyConv2d(64, kernel_size=1), nn.ReLU(),
        nn.LazyConv2d(192, kernel_size=3, padding=1), nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(Inceptions)
def b3(self):
    return nn.Sequential(Inception(64, (96, 128), (16, 32), 32),
                         Inception(128, (128, 192), (32, 96), 64),
                         nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(Inceptions)
def b4(self):
    return nn.Sequential(Inception(192, (96, 208), (16, 48), 64),
                         Inception(160, (112, 224), (24, 64), 64),
                         Inception(128, (128, 256), (24, 64), 64),
                         Inception(112, (144, 288), (32, 64), 64),
                         Inception(256, (160, 320), (32, 128), 128),
                         nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(Inceptions)
def b5(self):
    return nn.Sequential(Inception(256, (160, 320), (32, 128), 128),
                         Inception(384, (192, 384), (48, 128), 128),
                         nn.AdaptiveAvgPool2d((1,1)), nn.Flatten())

@d2l.add_to_class(Inceptions)
def __init__(self, lr=0.1, num_classes=10):
    super(Inceptions, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.b1(), self.b2(), self.b3(), self.b4(),
                             self.b5(), nn.LazyLinear(num_classes))
    self.net.apply(d2l.init_cnn)

model = Inceptions().layer_summary((1, 1, 96, 96))
model = Inceptions(lr=0.01)
"""
_BATCH_NORM_EAGER = """
net = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5), nn.BatchNorm2d(6), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.BatchNorm2d(16), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2), nn.Flatten(),
    nn.Linear(256, 120), nn.BatchNorm1d(120), nn.Sigmoid(),
    nn.Linear(120, 84), nn.BatchNorm1d(84), nn.Sigmoid(),
    nn.Linear(84, 10))
"""
_BATCH_NORM_LAZY = """
class NormalizedLeNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5), nn.LazyBatchNorm2d(),
            nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5), nn.LazyBatchNorm2d(),
            nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(), nn.LazyLinear(120), nn.LazyBatchNorm1d(),
            nn.Sigmoid(), nn.LazyLinear(84), nn.LazyBatchNorm1d(),
            nn.Sigmoid(), nn.LazyLinear(num_classes))
"""
_RESNET_EAGER = """
class Residual(nn.Module):
    def __init__(self, c_in, c_out,
                 project=False, step=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out,
                               kernel_size=3, padding=1, stride=step)
        self.conv2 = nn.Conv2d(c_out, c_out,
                               kernel_size=3, padding=1)
        if project:
            self.conv3 = nn.Conv2d(c_in, c_out,
                                   kernel_size=1, stride=step)
        else:
            self.conv3 = None
        self.bn1 = nn.BatchNorm2d(c_out)
        self.bn2 = nn.BatchNorm2d(c_out)

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)

b1 = nn.Sequential(nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3),
                   nn.BatchNorm2d(64), nn.ReLU(),
                   nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

def stage(c_in, c_out, count,
                 first=False):
    part = []
    for i in range(count):
        if i == 0 and not first:
            part.append(Residual(c_in, c_out,
                                project=True, step=2))
        else:
            part.append(Residual(c_out, c_out))
    return part

b2 = nn.Sequential(*stage(64, 64, 2, first=True))
b3 = nn.Sequential(*stage(64, 128, 2))
b4 = nn.Sequential(*stage(128, 256, 2))
b5 = nn.Sequential(*stage(256, 512, 2))
net = nn.Sequential(b1, b2, b3, b4, b5,
                    nn.AdaptiveAvgPool2d((1,1)),
                    nn.Flatten(), nn.Linear(512, 10))
"""
_RESNET_LAZY = """
class Residual(nn.Module):
    def __init__(self, c_out, project=False, step=1):
        super().__init__()
        self.conv1 = nn.LazyConv2d(c_out, kernel_size=3, padding=1,
                                   stride=step)
        self.conv2 = nn.LazyConv2d(c_out, kernel_size=3, padding=1)
        if project:
            self.conv3 = nn.LazyConv2d(c_out, kernel_size=1,
                                       stride=step)
        else:
            self.conv3 = None
        self.bn1 = nn.LazyBatchNorm2d()
        self.bn2 = nn.LazyBatchNorm2d()

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)

part = Residual(3)
X = torch.randn(4, 3, 6, 6)
part(X).shape

class ResNet(d2l.Classifier):
    def b1(self):
        return nn.Sequential(
            nn.LazyConv2d(64, kernel_size=7, stride=2, padding=3),
            nn.LazyBatchNorm2d(), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(ResNet)
def block(self, count, c_out, first=False):
    part = []
    for i in range(count):
        if i == 0 and not first:
            part.append(Residual(c_out, project=True, step=2))
        else:
            part.append(Residual(c_out))
    return nn.Sequential(*part)

@d2l.add_to_class(ResNet)
def __init__(self, arch, lr=0.1, num_classes=10):
    super(ResNet, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.b1())
    for i, b in enumerate(arch):
        self.net.add_module(f'b{i+2}', self.block(*b, first=(i==0)))
    self.net.add_module('last', nn.Sequential(
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(),
        nn.LazyLinear(num_classes)))
    self.net.apply(d2l.init_cnn)

class ResNet18(ResNet):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__(((2, 64), (2, 128), (2, 256), (2, 512)),
                       lr, num_classes)

ResNet18().layer_summary((1, 1, 96, 96))
model = ResNet18(lr=0.01)
"""
_DENSENET_EAGER = """
def bn_relu_conv(c_in, c_out):
    return nn.Sequential(
        nn.BatchNorm2d(c_in), nn.ReLU(),
        nn.Conv2d(c_in, c_out, kernel_size=3, padding=1))

class DenseBlock(nn.Module):
    def __init__(self, depth, c_in, c_out):
        super(DenseBlock, self).__init__()
        layer = []
        for i in range(depth):
            layer.append(bn_relu_conv(
                c_out * i + c_in, c_out))
        self.net = nn.Sequential(*layer)

    def forward(self, X):
        for part in self.net:
            Y = part(X)
            X = torch.cat((X, Y), dim=1)
        return X

def halve(c_in, c_out):
    return nn.Sequential(
        nn.BatchNorm2d(c_in), nn.ReLU(),
        nn.Conv2d(c_in, c_out, kernel_size=1),
        nn.AvgPool2d(kernel_size=2, stride=2))

b1 = nn.Sequential(
    nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3),
    nn.BatchNorm2d(64), nn.ReLU(),
    nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

c_out, growth = 64, 32
repeats = [4, 4, 4, 4]
parts = []
for i, depth in enumerate(repeats):
    parts.append(DenseBlock(depth, c_out, growth))
    c_out += depth * growth
    if i != len(repeats) - 1:
        parts.append(halve(c_out, c_out // 2))
        c_out = c_out // 2

net = nn.Sequential(
    b1, *parts,
    nn.BatchNorm2d(c_out), nn.ReLU(),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Flatten(),
    nn.Linear(c_out, 10))
"""
_DENSENET_LAZY = """
def bn_relu_conv(c_out):
    return nn.Sequential(
        nn.LazyBatchNorm2d(), nn.ReLU(),
        nn.LazyConv2d(c_out, kernel_size=3, padding=1))

class DenseBlock(nn.Module):
    def __init__(self, depth, c_out):
        super(DenseBlock, self).__init__()
        layer = []
        for i in range(depth):
            layer.append(bn_relu_conv(c_out))
        self.net = nn.Sequential(*layer)

    def forward(self, X):
        for part in self.net:
            Y = part(X)
            X = torch.cat((X, Y), dim=1)
        return X

def halve(c_out):
    return nn.Sequential(
        nn.LazyBatchNorm2d(), nn.ReLU(),
        nn.LazyConv2d(c_out, kernel_size=1),
        nn.AvgPool2d(kernel_size=2, stride=2))

class DenseNet(d2l.Classifier):
    def b1(self):
        return nn.Sequential(
            nn.LazyConv2d(64, kernel_size=7, stride=2, padding=3),
            nn.LazyBatchNorm2d(), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1))

@d2l.add_to_class(DenseNet)
def __init__(self, c_out=64, growth=32, arch=(4, 4, 4, 4),
             lr=0.1, num_classes=10):
    super(DenseNet, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.b1())
    for i, depth in enumerate(arch):
        self.net.add_module(f'dense{i+1}', DenseBlock(depth,
                                                          growth))
        c_out += depth * growth
        if i != len(arch) - 1:
            c_out //= 2
            self.net.add_module(f'narrower{i+1}', halve(
                c_out))
    self.net.add_module('last', nn.Sequential(
        nn.LazyBatchNorm2d(), nn.ReLU(),
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(),
        nn.LazyLinear(num_classes)))
    self.net.apply(d2l.init_cnn)

model = DenseNet(lr=0.01)
"""
_MOBILENET = """
class Separable(nn.Module):
    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        x = F.relu(self.bn1(self.depthwise(x)), inplace=True)
        return F.relu(self.bn2(self.pointwise(x)), inplace=True)

class MobileNetV1(nn.Module):
    cfg = [64, (128, 2), 128, (256, 2), 256, (512, 2), 512, 512, 512, 512, 512, (1024, 2), 1024]

    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layers = self._make_layers(32)
        self.linear = nn.Linear(1024, num_classes)

    def _make_layers(self, in_planes):
        layers = []
        for x in self.cfg:
            out_planes = x if isinstance(x, int) else x[0]
            stride = 1 if isinstance(x, int) else x[1]
            layers.append(Separable(in_planes, out_planes, stride))
            in_planes = out_planes
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layers(out)
        out = F.adaptive_avg_pool2d(out, 1)
        out = out.view(out.size(0), -1)
        return self.linear(out)
"""
CELLS = MappingProxyType(
    {
        "lenet, eager": Cell(_LENET_EAGER, (1, 28, 28), 61_706, 416_520),
        "lenet, lazy": Cell(_LENET_LAZY, (1, 28, 28), 61_706, 416_520),
        "lenet, first edition": Cell(_LENET_FIRST, (1, 28, 28), 44_426, 281_640),
        "alexnet, eager": Cell(_ALEXNET_EAGER, (1, 224, 224), 46_764_746, 938_146_176),
        "alexnet, lazy": Cell(_ALEXNET_LAZY, (1, 224, 224), 46_764_746, 938_146_176),
        "vgg, eager": Cell(_VGG_EAGER, (1, 224, 224), 128_806_154, 7_547_232_256),
        "vgg, lazy": Cell(_VGG_LAZY, (1, 224, 224), 128_806_154, 7_547_232_256),
        "small vgg": Cell(_VGG_SMALL, (1, 224, 224), 43_093_322, 0),
        "nin, eager": Cell(_NIN_EAGER, (1, 224, 224), 1_992_166, 762_297_352),
        "nin, lazy": Cell(_NIN_LAZY, (1, 224, 224), 1_992_166, 762_297_352),
        "googlenet, eager": Cell(_GOOGLENET_EAGER, (1, 96, 96), 5_977_530, 276_066_304),
        "googlenet, lazy": Cell(_GOOGLENET_LAZY, (1, 96, 96), 5_977_530, 276_066_304),
        "batch norm, eager": Cell(_BATCH_NORM_EAGER, (1, 28, 28), 44_878, 281_640),
        "batch norm, lazy": Cell(_BATCH_NORM_LAZY, (1, 28, 28), 44_878, 281_640),
        "resnet, eager": Cell(_RESNET_EAGER, (1, 96, 96), 11_178_378, 318_657_536),
        "resnet, lazy": Cell(_RESNET_LAZY, (1, 96, 96), 11_178_378, 318_657_536),
        "densenet, eager": Cell(_DENSENET_EAGER, (1, 96, 96), 758_226, 129_077_168),
        "densenet, lazy": Cell(_DENSENET_LAZY, (1, 96, 96), 758_226, 129_077_168),
        "mobilenet": Cell(_MOBILENET, (1, 96, 96), 3_216_650, 102_957_568),
    }
)
"""Multiply-adds are 0 where the curriculum has no number."""
