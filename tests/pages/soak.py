"""Whether a server that is used grows: `python tests/pages/soak.py [--reruns 2000]`; one JSON document, megabytes.

One session steps through the layers of one network after another, as a class would; the resident memory is read at each
tenth of the way. `growth` is what the second half added: what the first fills are caches, which are bounded.
"""

import argparse
import gc
import json
import sys
from itertools import cycle
from pathlib import Path

import psutil
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
WALKS = ({"net": "lenet"}, {"net": "alexnet", "alexnet.form": "small"}, {"net": "resnet", "resnet.width": "0.125"})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=2000)
    reruns = parser.parse_args().reruns
    app, walks = None, cycle(WALKS)
    held: list[int] = []
    for run in range(reruns):
        if app is None:
            app = AppTest.from_file(ROOT / "pages" / "explore" / "walkthrough.py", default_timeout=60)
            for name, value in next(walks).items():
                app.query_params[name] = value
            app.run()
        button = next(button for button in app.button if button.key == "layer.next")
        if button.disabled:
            app = None  # the next reader, with the next network
        else:
            button.click()
            app.run()
            if app.exception:
                raise SystemExit(f"run {run}: {app.exception[0].value}")
        if (run + 1) % max(1, reruns // 10) == 0:
            gc.collect()  # what only waits for the collector is no growth
            held.append(round(psutil.Process().memory_info().rss / 1e6))
    print(json.dumps({"reruns": reruns, "megabytes": held, "growth": held[-1] - held[len(held) // 2]}))


if __name__ == "__main__":
    main()
