"""Images as `data:` addresses that hold a PNG."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor


def png_url(image: Tensor) -> str:
    """Return uint8 (C, H, W) as the address of a PNG."""
    pixels = (image if image.shape[0] == 3 else image[:1]).permute(1, 2, 0).numpy()
    file = BytesIO()
    Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0]).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
