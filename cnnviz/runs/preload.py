"""What every worker needs, loaded once in the fork server that they come from; starts no thread, no CUDA.

The first pass over the meta device, by which a network's size is checked, imports a good part of torch.
"""

import numpy  # noqa: F401
import safetensors.torch  # noqa: F401

import cnnviz.data.table
import cnnviz.runs.worker  # noqa: F401
from cnnviz.zoo import build

build("googlenet", {"form": "small"}, device="meta")
