"""Class activation maps: the cells of a late layer, weighted by what they do for the target."""

from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution.layers import check_map
from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.kept import layer_gradient
from cnnviz.attribution.methods.rectifiers import guided_backprop
from cnnviz.attribution.record import Note


def _cells(given: Given) -> tuple[Tensor, Tensor]:
    """The layer's maps and the gradient there, each (C, h, w)."""
    maps, slopes = layer_gradient(given.f, given.layer, given.image)
    check_map(given.layer, tuple(maps.shape[1:]))
    return maps[0], slopes[0]


def _found(values: Tensor) -> Found:
    nothing = float(values.max()) <= 0 and bool(values.any())
    return Found(values, notes=(Note("nothing_positive"),) if nothing else ())


def grad_cam(given: Given) -> Found:
    """Σ over channels of the mean gradient of a channel times its map, before the paper's ReLU: (h, w)."""
    maps, slopes = _cells(given)
    return _found((slopes.mean((1, 2), keepdim=True) * maps).sum(0))


def hirescam(given: Given) -> Found:
    """Σ over channels of gradient times map, cell by cell: (h, w).

    Adds up to the logit less its bias where everything behind the layer is linear.
    """
    maps, slopes = _cells(given)
    return _found((slopes * maps).sum(0))


def guided_grad_cam(given: Given) -> Found:
    """Guided Backprop times the positive part of Grad-CAM, each cell spread over its pixels: (C, H, W)."""
    cells = grad_cam(given)
    guided = guided_backprop(given)
    spread = F.interpolate(cells.values.clamp_min(0)[None, None], size=given.image.shape[2:], mode="nearest")
    return Found(guided.values * spread[0], notes=cells.notes + guided.notes)


def _one(options: object, shape: object) -> int:
    return 1


GRAD_CAM = Method("grad-cam", grad_cam, _one, "Selvaraju et al. 2017, arXiv:1610.02391", kind="layer", needs_layer=True)
HIRESCAM = Method("hirescam", hirescam, _one, "Draelos & Carin 2020, arXiv:2011.08891", kind="layer", needs_layer=True)
GUIDED_GRAD_CAM = Method(
    "guided-grad-cam",
    guided_grad_cam,
    lambda options, shape: 2,
    "Selvaraju et al. 2017, arXiv:1610.02391",
    needs_layer=True,
    slopes=True,
)
