"""The reports of a training as events."""

from dataclasses import asdict
from typing import Any

from cnnviz.runs.event_log import Event
from cnnviz.runs.run_record import pack_error
from cnnviz.train.report import EndReport, EpochReport, Report, StartReport, StepReport

KINDS = {"StartReport": "start", "StepReport": "step", "EpochReport": "epoch", "EndReport": "end"}


def report_event(report: Report) -> Event:
    """Return a report as a line, without a step's close look (see `close_look`)."""
    facts: dict[str, Any] = {"event": KINDS[type(report).__name__]}
    match report:
        case StartReport() | EpochReport():
            return facts | asdict(report)
        case StepReport():
            return facts | {name: getattr(report, name) for name in StepReport.__slots__ if name != "detail"}
        case EndReport():
            return (
                facts
                | {name: getattr(report, name) for name in EndReport.__slots__}
                | {"reason": pack_error(report.reason)}
            )


def detail_event(report: Report) -> Event | None:
    """Return the line of `details.jsonl` for a step that was looked at closely: its images and every layer."""
    if not isinstance(report, StepReport) or report.detail is None:
        return None
    return {
        "event": "detail",
        "epoch": report.epoch,
        "step": report.step,
        "loss": report.loss,
        "learning_rate": report.learning_rate,
        "indices": report.detail.indices,
        "loss_after": report.detail.loss_after,
        "layers": [asdict(layer) for layer in report.detail.layers],
    }
