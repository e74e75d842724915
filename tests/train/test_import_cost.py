import subprocess
import sys

CODE = """
import sys, torch
from torch import nn
from cnnviz.train import train, TrainConfig
from tests.train.small import patterns, small_network
list(train(small_network(), patterns(20), patterns(9), TrainConfig(epochs=1, batch_size=8)))
sys.exit("torch._dynamo" in sys.modules)
"""


def test_a_training_that_compiles_nothing_never_imports_the_compiler():
    assert subprocess.run([sys.executable, "-c", CODE], check=False).returncode == 0


def test_importing_the_package_loads_no_torch():
    code = "import sys, cnnviz.train; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
