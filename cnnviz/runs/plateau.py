"""An epoch that is where guessing is, in words."""

from cnnviz.runs.event_log import Event
from cnnviz.text import load
from cnnviz.text.numbers import percent


def describe_plateau(epoch: Event, language: str) -> str | None:
    """Return the sentence for an epoch whose numbers are those of guessing, with what to try; None for any other."""
    t = load("runs", language)
    try:
        kind, chance = epoch["plateau"]["kind"], float(epoch["plateau"]["chance"])
        if kind == "loss":
            said = [t("plateau.loss", loss=f"{float(epoch['train_loss']):.3f}", chance=f"{chance:.3f}")]
            if (share := epoch["plateau"].get("share")) is not None:
                accuracy = percent(float(epoch["test_accuracy"]))
                said.append(t("plateau.share", accuracy=accuracy, share=percent(float(share))))
            return t.row([*said, t("plateau.try")])
        if kind == "accuracy":
            return t("plateau.accuracy", accuracy=percent(float(epoch["test_accuracy"])), share=percent(chance))
    except (KeyError, TypeError, ValueError):  # of another epoch, of an older version, or damaged
        pass
    return None
