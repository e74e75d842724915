"""Images with their labels, as tensors."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class ImageSet:
    """N images of one size, their labels and, where they were drawn, the pixels of each object."""

    images: Tensor
    """uint8 (N, C, H, W)"""
    labels: Tensor
    """int64 (N,), or float32 (N, K) of zeros and ones where an image may have several classes."""
    regions: Tensor | None = None
    """uint8 (N, H, W): 0 on the ground, k + 1 on the object of class k; objects never overlap."""

    def __post_init__(self) -> None:
        images, labels, regions = self.images, self.labels, self.regions
        if images.dtype != torch.uint8 or images.ndim != 4:
            raise ValueError(f"images must be uint8 (N, C, H, W), got {images.dtype} {tuple(images.shape)}")
        single = labels.dtype == torch.int64 and labels.ndim == 1
        several = labels.dtype == torch.float32 and labels.ndim == 2
        if not (single or several) or len(labels) != len(images):
            raise ValueError(
                f"labels of {len(images)} images must be int64 (N,) or float32 (N, K), "
                f"but got {labels.dtype} {tuple(labels.shape)}"
            )
        expected = (len(images), *images.shape[2:])
        if regions is not None and (regions.dtype != torch.uint8 or tuple(regions.shape) != expected):
            raise ValueError(f"regions must be uint8 {expected}, got {regions.dtype} {tuple(regions.shape)}")

    def __len__(self) -> int:
        return len(self.images)

    def classes_of(self, index: int) -> tuple[int, ...]:
        """Return the classes of one image, in ascending order: one, unless the set is multi-label."""
        label = self.labels[index]
        return (int(label),) if label.ndim == 0 else tuple(label.nonzero().flatten().tolist())

    def mask(self, index: int, class_index: int) -> Tensor | None:
        """Return the pixels of one image that belong to the object of a class: bool (H, W); None without masks."""
        return None if self.regions is None else self.regions[index] == class_index + 1
