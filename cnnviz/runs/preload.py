"""Modules that every worker needs, loaded once in their fork server; starts no thread, no CUDA."""

import atexit
import gc

import numpy  # noqa: F401
import safetensors.torch  # noqa: F401
import torch

import cnnviz.data.datasets
import cnnviz.runs.worker
import cnnviz.zoo.table  # noqa: F401

# the first optimiser imports torch's compiler, seconds and 150 MB that every worker shares
torch.optim.SGD([torch.zeros(1, requires_grad=True)])

gc.collect()
gc.freeze()  # a collection in a worker would copy every page that it shares with the others
atexit.register(gc.unfreeze)  # what torch's compiler loads reports frozen objects as leaks when the process ends
