"""What every worker needs, loaded once in the fork server that they come from; starts no thread, no CUDA."""

import gc

import numpy  # noqa: F401
import safetensors.torch  # noqa: F401

import cnnviz.data.table
import cnnviz.runs.worker
import cnnviz.zoo.table  # noqa: F401

gc.collect()
gc.freeze()  # a collection in a worker would copy every page that it shares with the others
