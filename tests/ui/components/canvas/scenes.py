"""What the demo page can show; the tests compute what they expect from the same tensors."""

import numpy as np

from cnnviz.trace.record import GLOBAL, ReceptiveField
from cnnviz.ui.components.canvas import FiltersPanel, ImagePanel, MapsPanel, Panel

SCENES = (
    "image",
    "layer",
    "maps",
    "small",
    "vector",
    "long",
    "wide",
    "tall",
    "filters",
    "matrix",
    "odd",
    "two",
    "constant",
    "picture",
    "nothing",
)
FIELD = ReceptiveField("window", size=(11, 11), stride=(4, 4), start=(-2, -2))
FIELD_PIXELS = 4
LABELS = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


def smooth(seed: int, *shape: int) -> np.ndarray:
    """float32 values that look like feature maps: blurred noise, its mean different from map to map."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=shape).astype(np.float32)
    for axis in (-2, -1):
        for _ in range(4):
            noise = (np.roll(noise, 1, axis) + noise + np.roll(noise, -1, axis)) / 3
    return np.float32(noise * 6 + random.normal(size=(shape[0], 1, 1)) * 0.3)


def tiled(maps: np.ndarray) -> np.ndarray:
    """64 maps as one picture in diverging colours, uint8 (8H, 8W, 3): what a server would draw."""
    _, height, width = maps.shape
    grid = maps.reshape(8, 8, height, width).transpose(0, 2, 1, 3).reshape(8 * height, 8 * width)
    reach = np.abs(grid).max()
    stops = (-reach, 0, reach)
    return np.stack(
        [np.interp(grid, stops, light) for light in ((5, 247, 103), (48, 247, 0), (97, 247, 31))], -1
    ).astype(np.uint8)


def heat_of(centre: np.ndarray) -> np.ndarray:
    """A bump at a pixel, (224, 224)."""
    return np.exp(-((np.indices((224, 224)) - centre.reshape(2, 1, 1)) ** 2).sum(0) / 30)


def panels_of(scene: str, seed: int) -> list[Panel]:
    """The panels of a scene."""
    pixels = 1 / (1 + np.exp(-smooth(seed + 10, 3, 224, 224)))
    numbers = np.random.default_rng(seed).normal(size=1000).astype(np.float32)
    maps = smooth(seed, 64, 56, 56)
    odd = smooth(seed, 4, 8, 8)
    odd.ravel()[3::17] = np.nan
    odd[3, 7, 7] = np.inf
    small = ReceptiveField("window", size=(14, 14), stride=(2, 2), start=(-2, -2))
    return {
        "image": lambda: [ImagePanel("image", pixels, title="Image")],
        "layer": lambda: [
            ImagePanel("image", pixels, title="Image"),
            MapsPanel("conv1", maps, title="conv1", field=FIELD, block_range=(-9.0, 9.0), global_range=(-20.0, 20.0)),
        ],
        "maps": lambda: [MapsPanel("conv1", maps, title="conv1")],
        "small": lambda: [
            ImagePanel("image", (pixels[:1, :28, :28] * 255).astype(np.uint8), title="Image"),
            MapsPanel("conv2", smooth(seed, 16, 10, 10), title="conv2", field=small),
        ],
        "vector": lambda: [MapsPanel("fc3", numbers[:10], title="fc3", field=GLOBAL, labels=LABELS)],
        "long": lambda: [MapsPanel("fc", numbers.reshape(1000, 1, 1), title="fc")],
        "wide": lambda: [MapsPanel("stem", np.maximum(smooth(seed, 64, 112, 112), 0), title="stem")],
        "tall": lambda: [MapsPanel("last", np.maximum(smooth(seed, 2048, 7, 7), 0), title="last")],
        "filters": lambda: [FiltersPanel("weight", smooth(seed, 96, 7, 7).reshape(32, 3, 7, 7), title="conv1.weight")],
        "matrix": lambda: [FiltersPanel("weight", smooth(seed, 1, 64, 96).reshape(64, 96, 1, 1), title="conv2.weight")],
        "odd": lambda: [MapsPanel("odd", odd)],
        "two": lambda: [
            MapsPanel("before", maps[:8], title="before"),
            MapsPanel("after", np.maximum(maps[:8], 0) / 3, title="after"),
        ],
        "constant": lambda: [MapsPanel("zero", np.zeros((3, 5, 5)), title="zero")],
    }.get(scene, list)()


def maps_of(scene: str, seed: int) -> np.ndarray:
    """The float32 values of the last panel of a scene."""
    return np.float32(panels_of(scene, seed)[-1].tensor)
