"""A network as PyTorch source that stands alone."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.trace.source.program import to_pytorch

__all__ = ["to_pytorch"]


def __getattr__(name: str) -> Any:
    if name == "to_pytorch":
        from cnnviz.trace.source.program import to_pytorch

        return to_pytorch
    raise AttributeError(name)
