"""Runs on a small cluster whose nodes are killed at random: `python -m tests.runs.cluster.kill_nodes --runs 30`.

All end, with the losses and the weights of a run that nothing happened to; it prints what it measured, and fails where
that does not hold. Needs Ray, and minutes.
"""

import argparse
import json
import os
import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from safetensors.torch import load

from cnnviz.runs.folder import read_state
from cnnviz.runs.limits import limits
from cnnviz.runs.queue import RunQueue
from cnnviz.runs.store import RunStore
from tests.runs.cluster.conftest import ROOT, SmallCluster
from tests.runs.tiny import curve, tiny


def main() -> None:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("runs", 30), ("kills", 10), ("concurrent", 4), ("epochs", 20), ("nodes", 3), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--pause", type=float, default=6, help="the longest time between two kills, in seconds")
    parser.add_argument("--carried", action="store_true", help="the nodes do not look for the folder of runs")
    asked = parser.parse_args()
    os.environ |= {"PYTHONPATH": str(ROOT), "RAY_worker_niceness": "0", "RAY_health_check_period_ms": "1000"}
    chance, made = random.Random(asked.seed), SmallCluster(asked.nodes)
    import ray

    from cnnviz.runs.cluster.ray_executor import RayExecutor

    ray.init(address=made.address, namespace="cnnviz", log_to_driver=False, configure_logging=False)
    with tempfile.TemporaryDirectory() as root:
        store, allowed = (
            RunStore(Path(root), hosted=False),
            replace(limits(), concurrent=asked.concurrent, waiting=asked.runs),
        )
        queue = RunQueue(store, RayExecutor(store, allowed, look=not asked.carried), allowed, "cluster")
        begin = time.monotonic()
        quiet = queue.submit(tiny(asked.epochs))
        while store.find(quiet.id).status != "finished":
            time.sleep(0.1)
        alone = time.monotonic() - begin
        runs = [queue.submit(tiny(asked.epochs)).id for _ in range(asked.runs)]
        late: list[float] = []
        done = Event()
        Thread(target=_look, args=(store, runs, late, done), daemon=True).start()
        kills, restarts = 0, 0
        while not all(store.find(run).status in ("finished", "failed", "interrupted") for run in runs):
            time.sleep(chance.uniform(0.5, asked.pause))
            at_work = [one for run in runs if (one := store.find(run)).status == "running" and one.step > 3]
            alive = [one.node for one in at_work if one.node in made.nodes]
            if kills < asked.kills and alive:
                made.kill(chance.choice(alive))
                made.add(wait=False)
                kills += 1
        done.set()
        seconds = time.monotonic() - begin
        curves, weights = curve(quiet.folder), _weights(quiet.folder)
        equal = 0
        for run in runs:
            folder = store.find(run).folder
            restarts += sum(event["event"] == "resume" for event in queue.executor.events(run)[0])
            theirs = _weights(folder)
            equal += curve(folder) == curves and all(theirs[name].equal(weights[name]) for name in weights)
        said = {
            "runs": asked.runs,
            "nodes killed": kills,
            "runs resumed elsewhere": restarts,
            "statuses": Counter(store.find(run).status for run in runs),
            "equal bit for bit": equal,
            "seconds": round(seconds),
            "seconds of one alone": round(alone, 1),
            "state seen after, median": round(sorted(late)[len(late) // 2], 3),
            "state seen after, 99 %": round(sorted(late)[len(late) * 99 // 100], 3),
            "load": os.getloadavg()[0],
        }
        print(json.dumps(said))
        assert equal == asked.runs
    ray.shutdown()
    made.cluster.shutdown()


def _weights(folder: Path) -> dict[str, object]:
    return load((folder / "checkpoint.safetensors").read_bytes())


def _look(store: RunStore, runs: list[str], late: list[float], done: Event) -> None:
    """Note how long after it was written each state of a run is seen."""
    seen: dict[str, float] = {}
    while not done.wait(0.05):
        for run in runs:
            state = read_state(store.root / run)
            changed = state.get("changed", 0.0)
            if run in seen and changed != seen[run]:
                late.append(time.time() - changed)
            seen[run] = changed


if __name__ == "__main__":
    main()
