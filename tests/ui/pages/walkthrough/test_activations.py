"""Walking one network after another stays within the memory that was left."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
LEFT = 800

WALK_TEN = """
import logging
logging.disable(logging.CRITICAL)
import psutil
from cnnviz.ui.inputs.model_cache import networks
from cnnviz.models import ModelSpec, TrainedModel
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.inputs.walk_cache import load_activations, walks

def held(): return psutil.Process().memory_info().rss / 2**20
picture = ImageChoice("digit", 0, "crop")
load_activations(TrainedModel(ModelSpec.of("lenet")), picture).output("fc3")
before = held()
for name, options in [("alexnet", {}), ("vgg", {"width": 0.25}), ("nin", {}), ("googlenet", {}), ("resnet", {}),
                      ("resnet", {"depth": 34}), ("densenet", {}), ("mobilenet", {}), ("alexnet", {"hidden": 2048}),
                      ("vgg", {"width": 0.125})]:
    walk = load_activations(TrainedModel(ModelSpec.of(name, options)), picture)
    walk.output(walk.trace.layers[-1].name)
    del walk
    assert walks().held_bytes <= walks().max_bytes, name
    assert networks().held_bytes <= networks().max_bytes, name
print(held() - before)
"""


def test_walking_ten_networks_stays_bounded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALK_TEN],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        env={"CNNVIZ_MEMORY_MB": str(LEFT), "PATH": "", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert float(done.stdout.splitlines()[-1]) < LEFT
