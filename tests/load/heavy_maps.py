"""Ten sessions ask for the dearest map at once while another steps: `python -m tests.load.heavy_maps`; it prints JSON.

The map is integrated gradients on VGG-16 at 224 × 224, of another class for each session. Every session has its map by
the end or has been told its place in line; then all leave, and the gate must be empty. Fails where that does not hold.
"""

import argparse
import asyncio
import json
import os
import statistics
import time

from tests.load.server import Server, served
from tests.load.session import Session

VGG = {"net": "vgg", "vgg.config": "D", "weights": "untrained", "image": "flower"}
MAP = VGG | {"method": "integrated-gradients"}
MEGABYTES = 3000
"""Of all budgets together."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    with served(CNNVIZ_MEMORY_MB=str(MEGABYTES), CNNVIZ_METRICS="1") as server:
        said = asyncio.run(measure(server, asked.sessions, asked.seconds))
    print(json.dumps(said, indent=2))
    assert said["answered"] + said["told their place"] >= asked.sessions
    assert not said["errors"]
    assert said["left at the gate"] == 0


async def measure(server: Server, sessions: int, seconds: float) -> dict[str, object]:
    """Return what happened while `sessions` asked for a map and one stepped."""
    async with Session(server.address) as walker:
        await walker.open("walkthrough", **VGG)
        idle = [await step(walker) for _ in range(10)]
        before = server.megabytes
        asking = [Session(server.address) for _ in range(sessions)]
        done = [asyncio.create_task(ask(one, str(number))) for number, one in enumerate(asking)]
        steps, most, end = [], before, time.monotonic() + seconds
        while time.monotonic() < end and not all(task.done() for task in done):
            steps.append(await step(walker))
            most = max(most, server.megabytes)
            await asyncio.sleep(0.5)
        answered = sum(task.done() for task in done)
        told = sum("Place" in " ".join(one.progress) for one, task in zip(asking, done, strict=True) if not task.done())
        at_work = sum(bool(one.progress) for one, task in zip(asking, done, strict=True) if not task.done())
        for task in done:
            task.cancel()
        await asyncio.gather(*done, return_exceptions=True)
        left = await drained(server)
    return {
        "sessions": sessions,
        "answered": answered,
        "told their place": max(told, at_work),
        "errors": [error for one in (walker, *asking) for error in one.errors],
        "steps": len(steps),
        "step alone, median": round(statistics.median(idle), 3),
        "step meanwhile, median": round(statistics.median(steps), 3),
        "step meanwhile, 95 %": round(sorted(steps)[len(steps) * 95 // 100], 3),
        "megabytes before": round(before),
        "megabytes at most": round(most),
        "budget": MEGABYTES,
        "left at the gate": left,
        "load": os.getloadavg()[0],
    }


async def ask(session: Session, number: str) -> None:
    """Open the map of one class."""
    async with session:
        await session.open("saliency", **MAP, **{"class": number})


async def step(session: Session) -> float:
    """Press to the next layer, or at the end to the first; return the seconds."""
    begin = time.perf_counter()
    if session.buttons["layer.next"].disabled:
        await session.open("walkthrough", **VGG)
        begin = time.perf_counter()
        await asyncio.wait_for(session.press("layer.next"), 60)
    else:
        await asyncio.wait_for(session.press("layer.next"), 60)
    return time.perf_counter() - begin


async def drained(server: Server, patience: float = 60) -> int:
    """Return how many computations still run or wait after everybody has left, for up to `patience` seconds."""
    for _ in range(int(patience)):
        left = sum(int(server.metric(f"cnnviz_computations_{name}")) for name in ("running", "waiting"))
        if not left:
            return 0
        await asyncio.sleep(1)
    return left


if __name__ == "__main__":
    main()
