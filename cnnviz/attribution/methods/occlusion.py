"""Occlusion: the fall of the target when a window of the image is replaced by the baseline."""

from types import MappingProxyType

from captum.attr import Occlusion

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.options import Option, Values, Whole


def window_and_stride(options: Values, height: int, width: int) -> tuple[int, int]:
    """Return window and stride in pixels: those given, or about a fifth of the image and a third of the window."""
    smaller = min(height, width)
    window = min(int(options["window"]) or max(1, round(0.19 * smaller)), smaller)
    stride = min(int(options["stride"]) or max(1, round(window / 3)), window)
    return window, stride


def count_windows(side: int, window: int, stride: int) -> int:
    """Return the number of windows along one axis; the part of one beyond the last pixel is cut off."""
    return -(-(side - window) // stride) + 1


def ablation_batch_size(inputs: MethodInput) -> int:
    """Return the batch size for Captum's 64-bit masks: twelve more tensors of the input's size beside each image."""
    return inputs.f.batch_size_with(12 * inputs.image.nbytes)


def occlusion(inputs: MethodInput) -> MethodResult:
    """Return f(x) − f(x with a window of x′), the mean over the windows on a pixel, the same in each channel."""
    channels, height, width = inputs.image.shape[1:]
    window, stride = window_and_stride(inputs.options, height, width)
    inputs.f.images_expected = (
        inputs.f.images_done + 1 + count_windows(height, window, stride) * count_windows(width, window, stride)
    )
    values = Occlusion(inputs.f).attribute(
        inputs.image,
        (channels, window, window),
        (channels, stride, stride),
        inputs.baseline,
        perturbations_per_eval=ablation_batch_size(inputs),
    )
    return MethodResult(values[0], shared=True, chosen=MappingProxyType({"window": window, "stride": stride}))


def _passes(options: Values, shape: tuple[int, int, int]) -> int:
    window, stride = window_and_stride(options, shape[1], shape[2])
    return 3 + count_windows(shape[1], window, stride) * count_windows(shape[2], window, stride)


OCCLUSION = Method(
    "occlusion",
    occlusion,
    "Occlusion",
    "Occlusion({model}).attribute(\n    image, (image.shape[1], {window}, {window}), "
    '(image.shape[1], {stride}, {stride}), torch.from_numpy(archive["baseline"]), {target}'
    "perturbations_per_eval=64\n)[0]",
    _passes,
    "Zeiler & Fergus 2014, arXiv:1311.2901",
    uses_baseline=True,
    batches=True,
    options=(
        Option("window", Whole(1, 224, automatic=0), 0),
        Option("stride", Whole(1, 112, automatic=0), 0),
    ),
)
