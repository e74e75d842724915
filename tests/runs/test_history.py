import json

from cnnviz.runs.event_log import CHUNK, iterate_events, read_events
from cnnviz.runs.history import History


def step(number):
    return {"event": "step", "step": number, "loss": 1 / number}


def lines(*events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_a_long_curve_is_held_thinned_with_its_latest_step():
    history = History(most=100)
    for number in range(1, 1234):
        history.feed([step(number)])
        assert len(history.steps) <= 100
        assert history.steps["step"][-1] == number
    steps = list(history.steps["step"])
    assert steps == [*range(16, 1233, 16), 1233]
    assert list(history.steps["loss"]) == [1 / number for number in steps]


def test_a_thinned_curve_goes_back_and_on():
    history = History(most=4)
    history.feed(map(step, range(1, 11)))
    history.feed([{"event": "rewind", "step": 5, "epoch": 0, "changes": []}])
    assert list(history.steps["step"]) == [4]
    history.feed(map(step, (6, 7)))
    assert list(history.steps["step"]) == [4, 7]
    history.feed([step(8)])
    assert list(history.steps["step"]) == [4, 8]


def test_a_file_is_read_in_parts_and_read_on_after_them(tmp_path):
    path = tmp_path / "metrics.jsonl"
    events = [step(number) | {"note": "x" * 500} for number in range(1, 3 * CHUNK // 500)]
    path.write_bytes(lines(*events) + b'{"event": "st')
    parts = list(iterate_events(path))
    assert len(parts) > 2
    assert [event for part, _ in parts for event in part] == events
    found, cursor = read_events(path)
    assert (found, cursor) == (events, parts[-1][1])
    with path.open("ab") as file:
        file.write(b'ep", "step": 1}\nnone\n[]\n' + lines(step(2)))
    assert read_events(path, cursor)[0] == [{"event": "step", "step": 1}, step(2)]
