"""Multiply-adds of products however they are written, by hand and by torch's own counter; what is not known is said."""

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.trace import trace


class Written(nn.Module):
    def __init__(self, how, **parts) -> None:
        super().__init__()
        self.how = how
        for name, part in parts.items():
            setattr(self, name, part if isinstance(part, nn.Module) else nn.Parameter(part))

    def forward(self, x: Tensor) -> Tensor:
        return self.how(self, x)


class SelfAttention(nn.Module):
    """Tokens of a map: three projections, scores, sums, and a projection back."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.queries, self.keys, self.values, self.out = (nn.Linear(channels, channels) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        t = x.flatten(2).transpose(1, 2)
        scores = self.queries(t) @ self.keys(t).transpose(1, 2)
        return self.out(scores.softmax(2) @ self.values(t))


# (3, 6, 6) unless said: the tokens are 36 of 3 features
PRODUCTS = [
    ("addmm", lambda s, x: torch.addmm(s.b, x.flatten(1), s.w), {"b": torch.ones(4), "w": torch.ones(108, 4)}, 108 * 4),
    ("mm", lambda s, x: torch.mm(x.flatten(1), s.w), {"w": torch.ones(108, 4)}, 108 * 4),
    ("F.linear", lambda s, x: F.linear(x.flatten(1), s.w * 2), {"w": torch.ones(4, 108)}, 108 * 4),
    ("einsum", lambda s, x: torch.einsum("nchw,oc->nohw", x, s.w), {"w": torch.ones(5, 3)}, 5 * 3 * 36),
    ("W @ x", lambda s, x: s.w @ x.flatten(2), {"w": torch.ones(5, 3)}, 5 * 3 * 36),
    ("bmm", lambda s, x: torch.bmm(x[0], x[0].mT), {}, 3 * 6 * 6 * 6),
    ("baddbmm", lambda s, x: torch.baddbmm(x[0], x[0], x[0].mT), {}, 3 * 6 * 6 * 6),
    ("addbmm", lambda s, x: torch.addbmm(x[0, 0], x[0], x[0].mT), {}, 3 * 6 * 6 * 6),
    ("mv", lambda s, x: torch.mv(x[0, 0], s.w), {"w": torch.ones(6)}, 36),
    ("matrix times vector", lambda s, x: x[0, 0] @ s.w, {"w": torch.ones(6)}, 36),
    ("addmv", lambda s, x: torch.addmv(s.w, x[0, 0], s.w), {"w": torch.ones(6)}, 36),
    ("dot", lambda s, x: torch.dot(x.flatten(), s.w), {"w": torch.ones(108)}, 108),
    ("inner", lambda s, x: torch.inner(x[0, 0], s.w), {"w": torch.ones(5, 6)}, 6 * 5 * 6),
    ("tensordot", lambda s, x: torch.tensordot(x, s.w, dims=([1], [0])), {"w": torch.ones(3, 5)}, 36 * 3 * 5),
    ("bilinear", lambda s, x: F.bilinear(x.mean((2, 3)), x.mean((2, 3)), s.w), {"w": torch.ones(5, 3, 3)}, 45),
    ("Bilinear", lambda s, x: s.m(x.mean((2, 3)), x.mean((2, 3))), {"m": nn.Bilinear(3, 3, 5)}, 45),
    ("F.conv2d", lambda s, x: F.conv2d(x, s.w * 1), {"w": torch.ones(4, 3, 3, 3)}, 4 * 4 * 4 * 27),
    ("conv_transpose2d", lambda s, x: F.conv_transpose2d(x, s.w), {"w": torch.ones(3, 5, 3, 3)}, 3 * 36 * 5 * 9),
    (
        "scaled_dot_product_attention",
        lambda s, x: F.scaled_dot_product_attention(*[x.flatten(2).mT] * 3),
        {},
        2 * 36 * 36 * 3,
    ),
    (
        "MultiheadAttention",
        lambda s, x: s.m(*[x.flatten(2).mT] * 3)[0],
        {"m": nn.MultiheadAttention(3, 1, batch_first=True)},
        4 * 36 * 3 * 3 + 2 * 36 * 36 * 3,
    ),
    ("self-attention", lambda s, x: s.m(x), {"m": SelfAttention(3)}, 4 * 36 * 9 + 2 * 36 * 36 * 3),
    ("RNN", lambda s, x: s.m(x[:, :, 0, :4].mT)[0], {"m": nn.RNN(3, 7, batch_first=True)}, 4 * 7 * (3 + 7)),
    ("LSTM", lambda s, x: s.m(x[:, :, 0, :4].mT)[0], {"m": nn.LSTM(3, 7, batch_first=True)}, 4 * 4 * 7 * (3 + 7)),
    ("GRU", lambda s, x: s.m(x[:, :, 0, :4].mT)[0], {"m": nn.GRU(3, 7, batch_first=True)}, 4 * 3 * 7 * (3 + 7)),
    ("LSTMCell", lambda s, x: s.m(x.mean((2, 3)))[0], {"m": nn.LSTMCell(3, 7)}, 4 * 7 * (3 + 7)),
    (
        "deformable convolution",
        lambda s, x: s.m(x, x.new_zeros(1, 18, 4, 4)),
        {"m": torchvision.ops.DeformConv2d(3, 4, 3)},
        4 * 16 * 27,
    ),
    ("outer", lambda s, x: torch.outer(x.flatten(), s.w), {"w": torch.ones(5)}, 0),  # it multiplies and adds nothing
]
UNSEEN_BY_TORCH = (
    "mv",
    "addmv",
    "addbmm",
    "matrix times vector",
    "dot",
    "bilinear",
    "Bilinear",
    "deformable convolution",
)


@pytest.mark.parametrize(("name", "how", "parts", "macs"), PRODUCTS, ids=[row[0] for row in PRODUCTS])
def test_products_count_as_by_hand_and_as_torch_counts_them(name, how, parts, macs):
    model = Written(how, **parts).eval()
    facts = trace(model, (3, 6, 6))
    assert facts.macs == macs
    assert facts.uncounted == ()
    if name not in UNSEEN_BY_TORCH:
        meta = model.to("meta")
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            meta(torch.empty(1, 3, 6, 6, device="meta"))
        assert counter.get_total_flops() == 2 * macs


def test_the_numbers_of_common_blocks():
    assert trace(Written(lambda s, x: s.m(x), m=SelfAttention(8)), (8, 4, 4)).macs == 4 * 16 * 64 + 2 * 16 * 16 * 8
    assert trace(Written(lambda s, x: s.m(x)[0].sum(1), m=Tokens()), (8, 4, 4)).macs == 4 * 16 * 64 + 2 * 16 * 16 * 8


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        t = x.flatten(2).transpose(1, 2)
        return self.attention(t, t, t)


@pytest.mark.parametrize(
    ("how", "rows"),
    [
        (lambda s, x: torch.fft.fft2(x).real, ("fft_fft2",)),
        (lambda s, x: torch.cdist(x[0], x[0]), ("cdist",)),
        (lambda s, x: torch.linalg.svdvals(x), ("linalg_svdvals",)),
        (lambda s, x: x.cumsum(2).sort(3)[0].repeat(1, 1, 2, 2).flip(1), ()),
        (lambda s, x: F.grid_sample(x, x[:, :2].permute(0, 2, 3, 1)), ()),
        (lambda s, x: F.glu(F.unfold(x[:, :, ::2], 2), 1), ()),
    ],
)
def test_a_total_says_which_rows_it_leaves_out(how, rows):
    assert trace(Written(how), (3, 6, 6)).uncounted == rows
