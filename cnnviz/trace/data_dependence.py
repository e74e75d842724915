"""Calls whose result depends on the numbers of a tensor, which a pass on the meta device has not."""

from pathlib import Path
from types import TracebackType

import torch

DATA_DEPENDENT_FUNCTIONS = frozenset((
    "item", "__bool__", "__int__", "__float__", "__complex__", "__index__", "__contains__", "tolist", "numpy",
    "__array__", "is_nonzero", "equal", "allclose", "nonzero", "argwhere", "masked_select", "unique",
    "unique_consecutive", "bincount", "__reversed__", "__dlpack__",
))  # fmt: skip
"""Functions whose answer, or the shape of it, depends on numbers."""
_LIBRARIES = (str(Path(torch.__file__).parent), str(Path(__file__).parents[1]))


class DataDependentCall(Exception):
    """The call `operation` needs the numbers of the image, and there is none."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


def user_code_line(trace: TracebackType | None) -> str:
    """Return the last line of the network's own code in a traceback: "net.py:12"; "" where there is none."""
    found = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith(_LIBRARIES):
            found = f"{Path(file).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
