"""A class on one server: `python -m tests.load.soak --sessions 60 --seconds 1800`; one JSON document.

Sessions step through layers, open links and ask for maps, with pauses for thought; two of them train one run after
another and look at it. Measured: seconds of a step, of a link and of a map, what pages answered wrongly, the server's
memory a minute after all have come and at the end, and the processes that it leaves behind. `--visits 2000` lets so
many more sessions come and go one after another.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.load.server import Server, orphans, served
from tests.load.session import Session

WALKS = (
    {"weights": "lenet-digits"},
    {"net": "alexnet", "alexnet.form": "small"},
    {"net": "resnet", "weights": "untrained"},
    {"net": "googlenet", "weights": "untrained"},
)
LINKS = (
    ("", {}),
    ("operations", {"op": "convolution"}),
    ("architectures", {"net": "vgg"}),
    ("compare", {"set": "lenet-alexnet"}),
    ("results", {}),
    ("mistakes", {"weights": "lenet-digits"}),
    ("lessons", {}),
    ("help", {}),
    ("studio", {}),
)
METHODS = ("gradient", "integrated-gradients", "occlusion", "grad-cam", "smoothgrad")
TRAINING = {"net": "lenet", "set.epochs": "3"}


@dataclass
class Seen:
    """What all sessions saw together."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By what was asked for."""
    errors: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Megabytes of the server, and of these what its caches hold, every few seconds."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("sessions", 60), ("seconds", 1800), ("trainers", 2), ("visits", 0), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with served(log=log, CNNVIZ_MEMORY_MB="2000", CNNVIZ_METRICS="1") as server:
            said = asyncio.run(measure(server, asked))
            family = [server.process, *server.process.children(recursive=True)]
        said["orphans"] = orphans(family)
        lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines() if " page=" in line]
    said["log"] = Counter(words[1] for words in lines)
    said["failures"] = Counter(" ".join(words[1:]) for words in lines if words[1] in ("page_failed", "refused"))
    print(json.dumps(said, indent=2))
    assert not said["errors"]
    assert not said["orphans"]


async def measure(server: Server, asked: argparse.Namespace) -> dict[str, object]:
    """Return what was measured while the sessions were at work."""
    seen, end = Seen(), time.monotonic() + asked.seconds
    async with asyncio.TaskGroup() as group:
        for number in range(asked.sessions):
            chance = random.Random(f"{asked.seed} {number}")
            work = train if number < asked.trainers else learn
            group.create_task(within(work(server, chance, seen, end), seen))
        group.create_task(watch(server, seen, end))
    (settled, held), (worked, holds) = seen.memory[len(seen.memory) // 6], await memory(server)
    for _ in range(asked.visits):
        async with Session(server.address) as visitor:
            await visitor.open("walkthrough", weights="lenet-digits")
    visited, _ = await memory(server)
    return {
        "sessions": asked.sessions,
        "seconds": asked.seconds,
        "visits": asked.visits,
        "runs ended": seen.runs,
        **{kind: summary(times) for kind, times in sorted(seen.seconds.items())},
        "errors": seen.errors,
        "megabytes after a sixth": round(settled),
        "of these in caches": round(held),
        "megabytes at the end": round(worked),
        "of those in caches": round(holds),
        "growth": f"{worked / settled - 1:.1%}",
        "growth after the visits": f"{visited / settled - 1:.1%}",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[1],
    }


async def within(work: Awaitable[None], seen: Seen) -> None:
    """Do one session's work; what ends it early is an error that is counted."""
    try:
        await work
    except Exception as problem:
        seen.errors[f"{type(problem).__name__}: {problem}"[:200]] += 1


async def learn(server: Server, chance: random.Random, seen: Seen, end: float) -> None:
    """Step, follow links and ask for maps until the end."""
    await asyncio.sleep(chance.uniform(0, 20))
    async with Session(server.address) as session:
        await timed(session.open("walkthrough", **chance.choice(WALKS)), "first page", seen)
        while time.monotonic() < end:
            await asyncio.sleep(chance.uniform(1, 6))
            dice = chance.random()
            if dice < 0.7:
                await step(session, chance, seen)
            elif dice < 0.9:
                page, query = chance.choice(LINKS)
                await timed(session.open(page, **query), "link", seen)
            else:
                query = {"weights": "lenet-digits", "n": str(chance.randrange(200)), "method": chance.choice(METHODS)}
                await timed(session.open("saliency", **query), "map", seen)
            note_errors(session, seen)


async def step(session: Session, chance: random.Random, seen: Seen) -> None:
    """Press to the next layer; where the page has none, open a walk."""
    button = session.buttons.get("layer.next")
    if button is None or button.disabled:
        await timed(session.open("walkthrough", **chance.choice(WALKS)), "link", seen)
    else:
        await timed(session.press("layer.next"), "step", seen)


async def train(server: Server, chance: random.Random, seen: Seen, end: float) -> None:
    """Train one run after another, and look at it once a second."""
    async with Session(server.address) as session:
        while time.monotonic() < end:
            await timed(session.open("studio", **TRAINING, **{"set.seed": str(chance.randrange(1000))}), "link", seen)
            await timed(session.press("train"), "start of a run", seen)
            while trains(session) and time.monotonic() < end:
                await asyncio.sleep(1)
                await timed(session.refresh(), "look at a run", seen)
            seen.runs += 1
            note_errors(session, seen)


def trains(session: Session) -> bool:
    """Return whether the run on the page waits or trains."""
    pause = session.buttons.get("do.pause")
    return pause is not None and not pause.disabled


async def watch(server: Server, seen: Seen, end: float) -> None:
    """Note the server's memory now and then."""
    while time.monotonic() < end:
        seen.memory.append(await memory(server))
        await asyncio.sleep(10)


async def memory(server: Server) -> tuple[float, float]:
    """Return the megabytes of the server, and those that its caches hold."""
    held = await asyncio.to_thread(server.metric, "cnnviz_memory_held_bytes")
    return server.megabytes, held / 1e6


async def timed(work: Awaitable[None], kind: str, seen: Seen) -> None:
    """Await `work`, and note its seconds."""
    begin = time.perf_counter()
    await asyncio.wait_for(work, 300)
    seen.seconds[kind].append(time.perf_counter() - begin)


def note_errors(session: Session, seen: Seen) -> None:
    """Count what a session's pages have answered wrongly since the last look."""
    seen.errors.update(session.errors)
    session.errors.clear()


def summary(times: list[float]) -> dict[str, float]:
    """Return the number, the median and the 95th percentile."""
    ordered = sorted(times)
    return {
        "count": len(times),
        "median": round(ordered[len(times) // 2], 3),
        "95 %": round(ordered[len(times) * 95 // 100], 3),
    }


if __name__ == "__main__":
    main()
