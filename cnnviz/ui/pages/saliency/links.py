"""The parameters of the saliency lab's links."""

from typing import Any

from cnnviz.attribution import BASELINES, METHODS
from cnnviz.options.kinds import Choice, Whole
from cnnviz.ui.core.url import Entries, Name, Param
from cnnviz.ui.inputs.links import IMAGE_PARAMS, LARGEST_NUMBER, MODEL_PARAMS
from cnnviz.ui.pages.saliency.map_request import OTHER

MOST = 6
"""Maps beside each other."""
AXES = ("methods", "classes", "layers", "baselines", "checkpoints", "epochs")
PREDICTED, TRUE, SECOND, NONE = "predicted", "true", "second", "none"
SCORES = ("logit", "probability")
IMAGE_COUNTS = (4, 8, 16, 32)
"""Images that the pointing game looks at."""
TRAINING_COUNTS = (250, 1000, 4000)
"""Training images that are looked through."""
TESTS = ("completeness", "randomisation", "deletion", "sensitivity", "pointing")
"""Of the trust panel, in its order."""
LONGEST_PAINTING = 1500
"""Characters; a painting that needs more is in no link."""

COMPARE = Param("compare", Choice(AXES), AXES[0])
METHOD: Param[list[str]] = Param(
    "method", Entries("methods", MOST, tuple(METHODS), once=True), ["integrated-gradients", "occlusion"]
)
CLASS = Param("class", Name("a class, predicted or true", r"predicted|true|\d{1,6}"), PREDICTED)
MINUS = Param("minus", Name("a class, second or none", r"second|none|\d{1,6}"), NONE)
SCORE = Param("score", Choice(SCORES), SCORES[0])
LAYER = Param("layer", Name("a layer of the network"), "")
BASELINE = Param("baseline", Choice((*BASELINES, OTHER)), next(iter(BASELINES)))
BASELINE_NUMBER = Param("baseline.n", Whole(0, LARGEST_NUMBER), 1)
SEED = Param("draw", Whole(0, 9999), 0)
PAINT = Param("paint", Name("strokes", r"[a-z0-9._]*", 100_000), "", longest=LONGEST_PAINTING)
TRUST = Param("trust", Choice(TESTS), TESTS[0])
IMAGE_COUNT = Param("count", Choice(IMAGE_COUNTS), IMAGE_COUNTS[1])
TRAINING_COUNT = Param("among", Choice(TRAINING_COUNTS), TRAINING_COUNTS[1])
STAGE = Param("stage", Whole(0, 999), 1)
ENTRIES: dict[str, Param[list[Any]]] = {
    "classes": Param("classes", Entries("classes", MOST), []),
    "layers": Param("layers", Entries("layers", MOST), []),
    "baselines": Param("baselines", Entries("baselines", MOST, (*BASELINES, OTHER)), []),
    "also": Param("also", Entries("networks of the same classes", MOST), []),
    "steps": Param("steps", Entries("saved steps of the run", MOST, pattern=r"\d{1,9}"), []),
}
"""What is compared along each axis but methods."""
OPTIONS = tuple(
    Param(f"{method.name}.{option.name}", option.kind, option.default, family="<method>.<option>")
    for method in METHODS.values()
    for option in method.options
)
PARAMS = (
    *MODEL_PARAMS,
    *IMAGE_PARAMS,
    COMPARE,
    METHOD,
    CLASS,
    MINUS,
    SCORE,
    LAYER,
    BASELINE,
    BASELINE_NUMBER,
    SEED,
    PAINT,
    TRUST,
    IMAGE_COUNT,
    TRAINING_COUNT,
    STAGE,
    *ENTRIES.values(),
    *OPTIONS,
)
