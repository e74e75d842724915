from cnnviz.figures.histograms import layer_histograms, layer_histograms_summary
from cnnviz.text import load

LAYER = {
    "name": "conv1",
    "activations": {"low": -1.0, "high": 1.0, "counts": [1, 2, 3, 4]},
    "weights": {"low": 0.5, "high": 0.5, "counts": [7, 0]},
    "gradients": None,
}


def test_each_kind_of_values_is_one_chart_whose_bars_stand_in_the_middle_of_their_bins() -> None:
    t = load("pages/studio", "en")
    activations, weights = layer_histograms(LAYER, t).data
    assert list(activations.x) == [-0.75, -0.25, 0.25, 0.75]
    assert list(activations.y) == [1, 2, 3, 4]
    assert (weights.width, list(weights.x), list(weights.y)) == (1.0, [0.5], [7])  # all equal: a bar at that value
    assert layer_histograms_summary(LAYER, t) == "conv1; Output: from -1 to 1; Weights: from 0.5 to 0.5"
