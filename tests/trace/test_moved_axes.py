"""Maps that are turned, cut, joined and reshaped: a box is that of the gradient, or the field is unknown."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.trace import exact_field, trace

IMAGE = (2, 6, 9)


def conv(x: Tensor) -> Tensor:
    return F.conv2d(x, torch.full((3, 2, 1, 3), 0.3, dtype=x.dtype))


KNOWN = {
    "transpose": lambda x: conv(x.transpose(2, 3)),
    "permute": lambda x: conv(x.permute(0, 1, 3, 2)),
    "mT": lambda x: conv(x.mT),
    "movedim": lambda x: conv(x.movedim(2, 3)),
    "swapaxes": lambda x: conv(x.swapaxes(2, 3)),
    "swapdims": lambda x: conv(torch.swapdims(x, -1, -2)),
    "T": lambda x: conv(torch.stack([x[0, 0].T, x[0, 1].T])[None]),
    "turned and turned back": lambda x: conv(x.transpose(2, 3)).transpose(2, 3),
    "turned and pooled": lambda x: F.avg_pool2d(conv(x.transpose(2, 3)), 2),
    "turned and padded": lambda x: conv(F.pad(x.transpose(2, 3), (1, 2, 0, 1))),
    "turned and enlarged": lambda x: F.interpolate(x.transpose(2, 3), scale_factor=(2, 1), mode="bilinear"),
    "turned and transposed convolution": lambda x: F.conv_transpose2d(
        x.transpose(2, 3), torch.ones(2, 3, 1, 3, dtype=x.dtype), stride=(1, 2)
    ),
    "turned and adaptive": lambda x: F.adaptive_avg_pool2d(x.transpose(2, 3), (3, 6)),
    "turned and softmax": lambda x: x.transpose(2, 3).softmax(3),
    "turned tokens": lambda x: x.transpose(2, 3).flatten(2).view(1, 2, 9, 6),
    "tokens": lambda x: conv((x.flatten(2).transpose(1, 2) * 2).transpose(1, 2).reshape(1, 2, 6, 9)),
    "channels last": lambda x: x.permute(0, 2, 3, 1) * 2,
    "channels last, turned": lambda x: x.permute(0, 3, 2, 1) * 2,
    "rows as channels": lambda x: F.conv2d(x.permute(0, 2, 1, 3), torch.ones(4, 6, 1, 3, dtype=x.dtype)),
    "flip": lambda x: conv(x.flip(2, 3)),
    "roll": lambda x: conv(x.roll((1, 2), (2, 3))),
    "without its batch": lambda x: conv(x[0].flip(-1)[None]),
    "slices": lambda x: conv(x[:, :, ::2, 1::2]),
    "pixel shuffle": lambda x: conv(F.pixel_shuffle(torch.cat([x, x, x, x], 1), 2)),
    "turned pixel shuffle": lambda x: F.pixel_shuffle(torch.cat([x, x, x, x], 1).transpose(2, 3), 2),
    "halves exchanged": lambda x: torch.cat(x.chunk(2, 2)[::-1], 2),
    "stack of channels": lambda x: torch.stack([x, x * 2], 1).flatten(1, 2),
    "linear along the width": lambda x: x @ torch.ones(9, 9, dtype=x.dtype),
}
UNCLEAR = {
    "rot90": lambda x: conv(torch.rot90(x, 1, (2, 3))),
    "blocks": lambda x: conv(x.reshape(1, 2, 3, 2, 3, 3).permute(0, 1, 2, 4, 3, 5).reshape(1, 2, 9, 6)),
    "unfold": lambda x: F.unfold(x, 3).view(1, 18, 4, 7)[:, :2],
    "indices": lambda x: conv(x[:, :, torch.tensor([5, 4, 3, 2, 1, 0])]),
    "index_select": lambda x: conv(x.index_select(2, torch.tensor([3, 1, 2, 0]))),
    "interleaved": lambda x: torch.stack([x, x.flip(3)], 3).reshape(1, 2, 12, 9),
    "both ways up": lambda x: torch.cat([x[..., :6], x[..., :6].transpose(2, 3)], 1),
    "added to itself turned": lambda x: x[..., :6] + x[..., :6].transpose(2, 3),
    "rows of the batch": lambda x: F.instance_norm(x.permute(0, 2, 1, 3)),
    "response norm over rows": lambda x: F.local_response_norm(x.permute(0, 2, 1, 3), 3),
    "rows shuffled": lambda x: F.channel_shuffle(x.permute(0, 2, 1, 3).contiguous(), 2),
    "view across": lambda x: x.flatten(2).view(1, 2, 9, 6),
    "as_strided": lambda x: (x * 1).as_strided((1, 2, 9, 6), (108, 54, 1, 9)),
    "einsum": lambda x: torch.einsum("nchw->ncwh", x),
    "roll of all": lambda x: x.roll(1),
    "list of tokens": lambda x: x.flatten(2).transpose(1, 2) * 2,
}


class Moved(nn.Module):
    def __init__(self, how) -> None:
        super().__init__()
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(x) * 1.0


@pytest.mark.parametrize("how", KNOWN)
def test_the_box_of_every_unit_is_the_support_of_its_gradient(how):
    facts = trace(Moved(KNOWN[how]), IMAGE)
    row = facts.layers[-1]
    field = exact_field(facts, row.name)
    image = (torch.rand(1, *IMAGE, dtype=torch.float64) + 0.5).requires_grad_()
    out = Moved(KNOWN[how])(image).reshape(row.shape)
    looked = 0
    for place in torch.cartesian_prod(*map(torch.arange, row.shape)).tolist():
        if looked > 60 and sum(place) % 5:
            continue
        (gradient,) = torch.autograd.grad(out[tuple(place)], image, retain_graph=True)
        support = gradient.abs().amax((0, 1)) > 1e-12
        rows, columns = (side.nonzero().flatten().tolist() for side in (support.any(1), support.any(0)))
        if not rows:
            continue
        looked += 1
        if None in field.dims:
            unit = [0 if dim is None else place[dim] for dim in field.dims]
        else:
            unit = [place[dim] for dim in sorted(field.dims)]
        box = field.box(*unit)
        assert (box.top, box.bottom, box.left, box.right) == (rows[0], rows[-1], columns[0], columns[-1]), place
    assert looked > 10


@pytest.mark.parametrize("how", UNCLEAR)
def test_what_cannot_be_followed_is_unknown_and_named(how):
    field = trace(Moved(UNCLEAR[how]), IMAGE).layers[-1].receptive_field
    assert field.extent == "unknown"
    assert field.reason


def test_a_map_on_its_side_says_so():
    turned = trace(Moved(KNOWN["transpose"]), IMAGE).layers[-1].receptive_field
    assert (turned.dims, turned.size, turned.stride) == ((2, 1), (3, 1), (1, 1))
    # unit (2, 4) reads column 2 and rows 4 to 6
    box = turned.box(2, 4)
    assert (box.top, box.bottom, box.left, box.right) == (4, 6, 2, 2)
