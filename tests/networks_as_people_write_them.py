"""Networks in the styles that people bring, and whether everything works on them; a table for several tests."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

SHAPE = (3, 8, 8)


class Net(nn.Module):
    """A convolution used as `how` says, the mean over the map, and a linear layer: (N, 3, 8, 8) -> (N, 3)."""

    def __init__(self, how: Callable[[nn.Module, Tensor], Tensor], conv: nn.Module | None = None, **parts) -> None:
        super().__init__()
        self.how = how
        self.conv = nn.Conv2d(3, 4, 3, padding=1) if conv is None else conv
        self.relu = nn.ReLU()
        self.head = nn.Linear(4, 3)
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.how(self, x).mean((2, 3)))


def plain(net: nn.Module, x: Tensor) -> Tensor:
    return net.relu(net.conv(x))


def trained_after(conv: nn.Module) -> nn.Module:
    """Run once, and given other weights then: what hooks had computed is stale."""
    model = Net(plain, conv)
    model(torch.rand(1, *SHAPE))
    model.load_state_dict({name: torch.randn_like(tensor) for name, tensor in model.state_dict().items()})
    return model


def hooked(kind: str, hook, **how) -> nn.Module:
    model = Net(plain)
    getattr(model.conv, f"register_{kind}")(hook, **how)
    return model


def low_rank() -> nn.Module:
    model = Net(plain)
    side = nn.Conv2d(3, 4, 1, bias=False)
    model.side = side
    model.conv.register_forward_hook(lambda _conv, given, output: output + side(given[0]))
    return model


def masked(conv: nn.Module, _given: object) -> None:
    conv.weight.data.mul_(conv.mask)


def replaced(conv: nn.Module, _given: object) -> None:
    conv.weight.data = conv.weight.data * conv.mask


def with_mask(hook) -> nn.Module:
    model = hooked("forward_pre_hook", hook)
    model.conv.register_buffer("mask", (torch.rand(4, 3, 3, 3) > 0.5).float())
    return model


class Standardized(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, weight / (weight.std((1, 2, 3), keepdim=True) + 1e-5), self.bias, padding=self.padding)


def rows_filled(net: nn.Module, x: Tensor) -> Tensor:
    gain = torch.zeros(4, 8, 8, device=x.device)
    for channel in range(4):
        gain[channel].fill_(channel + 1.0)
    return net.conv(x) * gain


def parts_filled(net: nn.Module, x: Tensor) -> Tensor:
    maps = net.conv(x)
    out = torch.empty(maps.shape, device=x.device, dtype=x.dtype)
    out[:, :2] = maps[:, :2] * 2
    out[:, 2:] = maps[:, 2:]
    return out


def uninitialized_filled(net: nn.Module, x: Tensor) -> Tensor:
    gain = torch.Tensor(1, 4, 8, 8)
    gain.zero_()
    gain[:, :, 2:4] = 1
    return net.conv(x) * gain


def negative_set(net: nn.Module, x: Tensor) -> Tensor:
    x = net.conv(x)
    x[x < 0] = 0
    return x


def in_bfloat16(net: nn.Module, x: Tensor) -> Tensor:
    with torch.autocast(x.device.type, dtype=torch.bfloat16):
        return net.conv(x).relu().float()


class Rectified(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, slopes: Tensor) -> Tensor:
        return slopes * (ctx.saved_tensors[0] > 0)


class Attributes(Net):
    """Its device, tensors, methods and functions kept as attributes."""

    def __init__(self) -> None:
        super().__init__(Attributes.run)
        self.device = torch.device("cpu")
        self.gain = torch.rand(4)
        self.gains = {"all": [torch.rand(4)]}
        self.step = self.scaled
        self.first = lambda x: self.conv(x)

    def scaled(self, x: Tensor) -> Tensor:
        return self.first(x) * self.gain.to(self.device)[:, None, None]

    def run(self, x: Tensor) -> Tensor:
        return self.step(x.to(self.device).cpu().to(x.dtype)) + self.gains["all"][0][:, None, None]


class Counting(Net):
    """A buffer that every pass changes."""

    def __init__(self) -> None:
        super().__init__(Counting.run)
        self.register_buffer("passes", torch.zeros(()))

    def run(self, x: Tensor) -> Tensor:
        self.passes += 0.5
        return self.conv(x) * self.passes


WORKS: MappingProxyType[str, Callable[[], nn.Module]] = MappingProxyType(
    {
        "pruned, then trained": lambda: trained_after(prune.identity(nn.Conv2d(3, 4, 3, padding=1), "weight")),
        "pruned by magnitude": lambda: Net(plain, prune.l1_unstructured(nn.Conv2d(3, 4, 3, padding=1), "weight", 0.5)),
        "weight norm": lambda: trained_after(weight_norm(nn.Conv2d(3, 4, 3, padding=1))),
        "spectral norm": lambda: trained_after(spectral_norm(nn.Conv2d(3, 4, 3, padding=1))),
        "weight norm as parametrization": lambda: trained_after(
            parametrizations.weight_norm(nn.Conv2d(3, 4, 3, padding=1))
        ),
        "spectral norm as parametrization": lambda: Net(
            plain, parametrizations.spectral_norm(nn.Conv2d(3, 4, 3, padding=1))
        ),
        "standardized weights": lambda: Net(plain, Standardized(3, 4, 3, padding=1)),
        "a hook that changes the output": lambda: hooked("forward_hook", lambda _conv, _given, output: output * 2),
        "a hook that changes the input": lambda: hooked("forward_pre_hook", lambda _conv, given: (given[0] + 1,)),
        "a hook that reads keywords": lambda: hooked(
            "forward_hook", lambda _conv, _given, _named, output: output - 1, with_kwargs=True
        ),
        "low-rank update": low_rank,
        "weights masked in place": lambda: with_mask(masked),
        "weights replaced": lambda: with_mask(replaced),
        "torch.tensor": lambda: Net(lambda net, x: net.conv(x) * torch.tensor([1.0, 2, 3, 4])[:, None, None]),
        "torch.Tensor": lambda: Net(lambda net, x: net.conv(x) * torch.Tensor([1.0, 2, 3, 4]).view(1, 4, 1, 1)),
        "from_numpy": lambda: Net(
            lambda net, x: net.conv(x) * torch.from_numpy(np.arange(4.0, dtype="f4"))[:, None, None].to(x.device)
        ),
        "rows filled": lambda: Net(rows_filled),
        "parts filled": lambda: Net(parts_filled),
        "uninitialized memory filled": lambda: Net(uninitialized_filled),
        "coordinates": lambda: Net(
            lambda net, x: net.conv(torch.cat([x[:, :2], torch.arange(8.0, device=x.device).expand(1, 1, 8, 8)], 1))
        ),
        "the number of a constant": lambda: Net(lambda net, x: net.conv(x) * torch.linspace(0, 1, 5)[2].item()),
        "the number of a weight": lambda: Net(
            lambda net, x: net.conv(x) * float(net.head.bias[0]) if bool(net.head.weight.sum() < 99) else x
        ),
        "a constant mask": lambda: Net(
            lambda net, x: net.conv(x)[:, torch.tensor([True, False, True, True])].sum(1, True).expand(-1, 4, -1, -1)
        ),
        "negative values set": lambda: Net(negative_set),
        "in place and not read again": lambda: Net(plain, relu=nn.ReLU(inplace=True)),
        "functions in place": lambda: Net(lambda net, x: (lambda y: y + F.relu(y, inplace=True))(net.conv(x))),
        "keyword in place": lambda: Net(lambda net, x: F.relu(input=net.conv(x), inplace=True)),
        "double": lambda: Net(plain).double(),
        "half": lambda: Net(plain).half(),
        "bfloat16": lambda: Net(plain).bfloat16(),
        "data parallel": lambda: nn.DataParallel(Net(plain)),
        "a part data parallel": lambda: Net(plain, nn.DataParallel(nn.Conv2d(3, 4, 3, padding=1))),
        "traced by fx": lambda: torch.fx.symbolic_trace(
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 3))
        ),
        "attributes": Attributes,
        "a buffer written to": Counting,
        "checkpointed": lambda: Net(
            lambda net, x: torch.utils.checkpoint.checkpoint(lambda y: plain(net, y), x, use_reentrant=False)
        ),
        "printed": lambda: Net(lambda net, x: (f"{x.mean():.3f} {x.shape}", plain(net, x))[1]),
        "autocast": lambda: Net(lambda net, x: in_bfloat16(net, x)),
        "autograd function": lambda: Net(lambda net, x: Rectified.apply(net.conv(x))),
        "functional call": lambda: Net(
            lambda net, x: torch.func.functional_call(net.conv, {"weight": net.conv.weight * 2}, (x,))
        ),
        "in training mode": lambda: Net(plain, norm=nn.BatchNorm2d(4)).train(),
    }
)  # fmt: skip


def lazy() -> nn.Module:
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(3))


def sparse() -> nn.Module:
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 3))
    model[1].weight = nn.Parameter(model[1].weight.detach().to_sparse())
    return model


def scripted() -> nn.Module:
    return nn.Sequential(torch.jit.script(nn.Conv2d(3, 4, 3)), nn.Flatten(), nn.Linear(144, 3))


def quantized() -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Flatten(), nn.Linear(192, 3)), {nn.Linear})


ASKS: MappingProxyType[str, Callable[[nn.Module, Tensor], Tensor]] = MappingProxyType(
    {
        "bool": lambda net, x: net.conv(x) if x.sum() > 0 else -net.conv(x),
        "item": lambda net, x: net.conv(x) * x.max().item(),
        "float": lambda net, x: net.conv(x) * float(x.mean()),
        "int": lambda net, x: net.conv(x)[:, int(x.argmax()) % 4 :],
        "tolist": lambda net, x: net.conv(x) * x.flatten().tolist()[0],
        "mask": lambda net, x: net.conv(x) * x[x > 0].mean(),
        "nonzero": lambda net, x: net.conv(x) * x.nonzero().shape[0],
        "numpy": lambda net, x: torch.from_numpy(net.conv(x).detach().cpu().numpy()),
    }
)
"""What depends on the numbers of the image, by what it asks."""
