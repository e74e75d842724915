"""What every worker needs, loaded once in the fork server that they come from; starts no thread, no CUDA.

The first pass over the meta device, by which a network's size is checked, imports a good part of torch.
"""

import gc

import numpy  # noqa: F401
import safetensors.torch  # noqa: F401

import cnnviz.data.table
import cnnviz.runs.worker  # noqa: F401
from cnnviz.zoo import build

build("googlenet", {"form": "small"}, device="meta")
gc.collect()
gc.freeze()  # a collection in a worker would copy every page that it shares with the others
