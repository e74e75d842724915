"""The right value of every generator's items computed another way: by torch, by the trace, or by counting."""

import inspect
import json
from functools import cache
from math import prod

import torch
from scipy.stats import spearmanr
from torch import nn
from torch.nn import functional as F

from cnnviz.attribution import METHODS
from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.facts.recorded_experiment import FILE
from cnnviz.lessons.questions import Question, TracedNetwork
from cnnviz.lessons.questions.families.curves import STEPS_PER_EPOCH
from cnnviz.lessons.questions.forms import CurveForm
from cnnviz.lessons.questions.recorded_curves import CURVES
from cnnviz.models import ModelSpec
from cnnviz.trace import trace
from cnnviz.trace.record import LayerRecord, Pair, Trace
from cnnviz.train import evaluation


def _row(question: Question, network: TracedNetwork) -> LayerRecord:
    return network.trace[question.facts["layer"]]


def output_side(question: Question, network: TracedNetwork) -> int:
    s = _row(question, network).settings
    return _side(question.facts["n"], s["kernel_size"], s["stride"], s["padding"])


@cache
def _side(size: int, kernel: Pair, stride: Pair, padding: Pair) -> int:
    with torch.device("meta"):
        return nn.Conv2d(1, 1, kernel, stride, padding)(torch.empty(1, 1, size, size)).shape[2]


def parameters(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).num_params


def multiply_adds(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).macs


def cost_order(question: Question, network: TracedNetwork) -> tuple[str, ...]:
    return tuple(sorted(question.facts["names"], key=lambda name: network.trace[name].macs))


def field_size(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).receptive_field.size[0]


def field_start(question: Question, network: TracedNetwork) -> tuple[int, int]:
    _, row, column = question.facts["unit"]
    box = _row(question, network).receptive_field.box(row, column)
    return box.top, box.left


def window_place(question: Question, network: TracedNetwork) -> tuple[int, int]:
    """The first cell of the input from which a gradient comes, where all weights are 1."""
    record = _row(question, network)
    x = torch.zeros(1, 1, *record.input_shapes[0][1:], requires_grad=True)
    s = record.settings
    y = F.conv2d(x, torch.ones(1, 1, *s["kernel_size"]), stride=s["stride"], padding=s["padding"])
    y[0, 0, question.facts["row"], question.facts["column"]].backward()
    return tuple(x.grad[0, 0].nonzero()[0].tolist())


def padded_window(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    record = _row(question, network)
    plane = network.activations.inputs(record.name)[0][:, question.facts["channel"], None]
    padding, (kernel, _) = record.settings["padding"], record.settings["kernel_size"]
    window = F.unfold(plane, kernel, padding=padding)[0, :, 0].reshape(kernel, kernel)
    return rounded(window, 2)


def pool_outputs(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    """Of the rounded values, and near the network's own."""
    record = _row(question, network)
    channel, row, column = question.facts["unit"]
    patch = torch.tensor(question.facts["patch"], dtype=torch.float64)[None, None]
    pool = F.max_pool2d if record.operation == "max_pool" else F.avg_pool2d
    out = pool(patch, question.facts["k"], question.facts["s"])[0, 0, :2, :2]
    real = network.activations.output(record.name)[0, channel, row : row + 2, column : column + 2]
    assert (out - real).abs().max() <= 0.00501
    return rounded(out, 4)


SCALED_THROUGHOUT = {"ResNet-18": "resnet", "DenseNet": "densenet", "MobileNet": "mobilenet", "NiN": "nin"}
"""Networks whose option `width` scales every width."""


def width_curve(question: Question, network: TracedNetwork) -> tuple[float, ...]:
    """By building networks of other widths; elsewhere by the sides that scale, dense layers' too."""
    form = question.form
    assert isinstance(form, CurveForm)
    if network.title in SCALED_THROUGHOUT:
        whole, *narrow = (
            ModelSpec.of(SCALED_THROUGHOUT[network.title], {"width": width}).trace().macs
            for width in (1.0, 0.25, 0.5, 0.75)
        )
        return (0.0, *(100 * macs / whole for macs in narrow), 100.0)
    last = [row for row in network.trace.layers if row.macs][-1]
    heights = []
    for width in form.x:
        macs = 0.0
        for row in network.trace.layers:
            sides = 1 if row.settings.get("groups", 1) > 1 else (row.inputs != ("input",)) + (row is not last)
            macs += row.macs * width**sides if row.macs else 0
        heights.append(100 * macs / network.trace.macs)
    return tuple(heights)


def shape(question: Question, network: TracedNetwork) -> tuple[int, ...]:
    return _row(question, network).shape


def depth(question: Question, network: TracedNetwork) -> int:
    """From the layer back to the image."""

    @cache
    def behind(name: str) -> int:
        if name == "input":
            return 0
        row = network.trace[name]
        return max(map(behind, row.inputs), default=0) + (row.family in ("conv", "linear"))

    return behind(question.facts["layer"])


def cell_uses(question: Question, network: TracedNetwork) -> int:
    """A cell's gradient where every window sums."""
    record = _row(question, network)
    x = torch.zeros(1, 1, *record.input_shapes[0][1:], requires_grad=True)
    s = record.settings
    F.conv2d(x, torch.ones(1, 1, *s["kernel_size"]), stride=s["stride"], padding=s["padding"]).sum().backward()
    return int(x.grad[0, 0, question.facts["row"], question.facts["column"]])


def pool_winner(question: Question, network: TracedNetwork) -> tuple[int, int]:
    record = _row(question, network)
    x, s = network.activations.inputs(record.name)[0], record.settings
    _, places = F.max_pool2d(x, s["kernel_size"], s["stride"], s["padding"], return_indices=True)
    channel, row, column = question.facts["unit"]
    return divmod(int(places[0, channel, row, column]), x.shape[-1])


def padded_maximum(question: Question, network: TracedNetwork) -> float:
    s = _row(question, network).settings
    values = torch.tensor(question.facts["values"], dtype=torch.float64)[None, None]
    return F.max_pool2d(values, s["kernel_size"], s["stride"], s["padding"])[0, 0, 0, 0].item()


def norm_training(question: Question, network: TracedNetwork) -> float:
    facts = question.facts
    batch = [float(value.replace("−", "-")) for value in facts["batch"]]
    norm = nn.BatchNorm1d(1, eps=1e-12, dtype=torch.float64).train()
    nn.init.constant_(norm.weight, facts["gamma"])
    nn.init.constant_(norm.bias, facts["beta"])
    nn.init.constant_(norm.running_mean, facts["moving_mean"])
    nn.init.constant_(norm.running_var, facts["moving_variance"])
    assert batch[0] == facts["x"]
    return norm(torch.tensor(batch, dtype=torch.float64)[:, None])[0, 0].item()


def norm_prediction(question: Question, network: TracedNetwork) -> float:
    """By the network itself: as near as rounding every number to three digits allows."""
    f = question.facts
    spread = f["moving_variance"] ** 0.5
    hat = abs(f["x"] - f["moving_mean"]) / spread
    error = 0.0006 * (1 + hat + 2 * abs(f["gamma"]) / spread + abs(f["gamma"]) * hat / (2 * f["moving_variance"]))
    value = network.activations.output(f["layer"])[0][f["unit"]].item()
    assert abs(value - question.right) <= error, (f, value)
    return question.right


def bias_before_norm(question: Question, network: TracedNetwork) -> float:
    x = torch.linspace(-3, 3, 12, dtype=torch.float64).reshape(4, 3)
    changed = F.batch_norm(x + question.facts["change"], None, None, training=True)
    return (changed - F.batch_norm(x, None, None, training=True)).abs().max().item()


def _window_and_kernel(question: Question, network: TracedNetwork) -> tuple[torch.Tensor, torch.Tensor]:
    """As the question shows them, after a look at the network's own."""
    record, f = _row(question, network), question.facts
    s, (channel, row, column) = record.settings, f["unit"]
    x = network.activations.inputs(record.name)[0][:, f["reads_channel"], None].double()
    windows = F.unfold(x, s["kernel_size"], padding=s["padding"], stride=s["stride"])
    window = windows[0, :, row * record.shape[2] + column].reshape(s["kernel_size"])
    weight = network.activations.module(record.name).weight
    kernel = weight[channel, f["reads_channel"] % weight.shape[1]].double()
    assert rounded(window, 2) == f["window"]
    assert rounded(kernel, 2) == f["kernel"]
    return torch.tensor(f["window"], dtype=torch.float64), torch.tensor(f["kernel"], dtype=torch.float64)


def products_row(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    window, kernel = _window_and_kernel(question, network)
    return rounded((window * kernel)[question.facts["line"]][None], 4)


def window_sum(question: Question, network: TracedNetwork) -> float:
    window, kernel = _window_and_kernel(question, network)
    line = question.facts["line"]
    return torch.dot(window[line], kernel[line]).item()


def channel_sum(question: Question, network: TracedNetwork) -> float:
    f = question.facts
    value = network.activations.output(f["layer"])[0][f["unit"]].item()
    assert abs(value - question.right) <= 0.0052 * (f["count"] + 1)
    return sum(f["sums"][0]) + f["bias"]


def activation_value(question: Question, network: TracedNetwork) -> float:
    x = torch.tensor(question.facts["x"], dtype=torch.float64)
    return getattr(F, question.facts["operation"])(x).item()


def concatenated_channel(question: Question, network: TracedNetwork) -> tuple[int, int]:
    marked = [
        torch.stack([torch.full((shape[0],), branch), torch.arange(shape[0])])
        for branch, shape in enumerate(_row(question, network).input_shapes)
    ]
    return tuple(torch.cat(marked, 1)[:, question.facts["channel"]].tolist())


def shortcut_sum(question: Question, network: TracedNetwork) -> float:
    f = question.facts
    row = f["layer"]
    readers = [at.name for at in network.trace.layers if row in at.inputs and at.operation == "relu"]
    assert bool(readers) == bool(f["rectified"])
    value = network.activations.output(readers[0] if readers else row)[0][f["unit"]].item()
    assert abs(value - question.right) <= 0.0101
    return question.right


def _places(question: Question, network: TracedNetwork) -> torch.Tensor:
    """The place after flattening of each value of the maps."""
    shape = _row(question, network).input_shapes[0]
    (flat,) = nn.Flatten()(torch.arange(prod(shape)).reshape(1, *shape))
    return flat.argsort().reshape(shape)


def flatten_index(question: Question, network: TracedNetwork) -> int:
    f = question.facts
    return int(_places(question, network)[f["channel"], f["row"], f["column"]])


def flatten_source(question: Question, network: TracedNetwork) -> tuple[int, int]:
    ((_, row, column),) = (_places(question, network) == question.facts["index"]).nonzero().tolist()
    return row, column


def softmax(question: Question, network: TracedNetwork) -> float:
    scores = network.activations.output(question.facts["layer"])[0][list(map(int, question.facts["classes"]))]
    assert (scores - torch.tensor(question.facts["each"]["scores"])).abs().max() <= 0.0501
    return torch.tensor(question.facts["each"]["scores"], dtype=torch.float64).softmax(0)[0].item()


def cross_entropy(question: Question, network: TracedNetwork) -> float:
    true, predicted = question.facts["true"], question.facts["predicted"]
    scores = torch.tensor([[true, predicted, 1 - true - predicted]], dtype=torch.float64).log()
    return F.cross_entropy(scores, torch.tensor([0])).item()


def first_loss(question: Question, network: TracedNetwork) -> float:
    return F.cross_entropy(torch.zeros(1, question.facts["classes"]), torch.tensor([0])).item()


def _traced(*layers: nn.Module, channels: int) -> Trace:
    return trace(nn.Sequential(*layers), (channels, 33, 33))


def kernel_stack(question: Question, network: TracedNetwork) -> float:
    return _stack(question.facts["channels"], question.facts["side"], question.facts["count"])


@cache
def _stack(c: int, side: int, count: int) -> float:
    with torch.device("meta"):
        one = _traced(nn.Conv2d(c, c, side, bias=False), channels=c)
        several = _traced(*(nn.Conv2d(c, c, 3, bias=False) for _ in range(count)), channels=c)
    assert one.layers[-1].receptive_field == several.layers[-1].receptive_field
    return 100 * several.num_params / one.num_params


def replaced(question: Question, network: TracedNetwork) -> float:
    """Multiply-adds of what is in a layer's place, in % of the layer's."""
    f, size = question.facts, _row(question, network).settings["kernel_size"]
    return _share(question.generator, f["c_in"], f["c_out"], size, f["groups"], f.get("reduced", 0))


@cache
def _share(generator: str, c_in: int, c_out: int, size: Pair, groups: int, reduced: int) -> float:
    window = {"kernel_size": size, "padding": "same"}
    with torch.device("meta"):
        whole = _traced(nn.Conv2d(c_in, c_out, **window), channels=c_in)
        layers = {
            "grouped-cost": lambda: [nn.Conv2d(c_in, c_out, **window, groups=groups)],
            "separable-cost": lambda: [nn.Conv2d(c_in, c_in, **window, groups=c_in), nn.Conv2d(c_in, c_out, 1)],
            "pointwise-reduction": lambda: [
                nn.Conv2d(c_in, reduced, 1),
                nn.Conv2d(reduced, c_out, **window),
            ],
        }[generator]()
        return 100 * _traced(*layers, channels=c_in).macs / whole.macs


def output_memory(question: Question, network: TracedNetwork) -> float:
    values = torch.empty(question.facts["batch"], *_row(question, network).shape, device="meta")
    return values.numel() * values.element_size() / 1000


@cache
def _kept(optimizer: str) -> int:
    """Tensors of a parameter's shape that torch's optimizer keeps."""
    parameter = nn.Parameter(torch.zeros(1000))
    made = torch.optim.Adam([parameter]) if optimizer == "adam" else torch.optim.SGD([parameter], 0.1, momentum=0.9)
    parameter.sum().backward()
    made.step()
    return sum(value.numel() == 1000 for value in made.state[parameter].values() if value is not None)


def training_memory(question: Question, network: TracedNetwork) -> float:
    trained = sum(row.num_trainable for row in network.trace.layers)
    return 4 * (2 + _kept(question.facts["optimizer"].key)) * trained / 1e6


def relu_gradient(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    x = torch.tensor(question.facts["values"], dtype=torch.float64, requires_grad=True)
    x.relu().backward(torch.tensor(question.facts["gradients"], dtype=torch.float64))
    return rounded(x.grad, 4)


def pool_gradient(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    x = torch.tensor(question.facts["values"], dtype=torch.float64)[None, None].requires_grad_()
    pool = F.max_pool2d if _row(question, network).operation == "max_pool" else F.avg_pool2d
    (pool(x, len(question.facts["values"])) * question.facts["gradient"]).sum().backward()
    return rounded(x.grad[0, 0], 4)


def weight_gradient(question: Question, network: TracedNetwork) -> int:
    """The gradient of one weight where every input, and all padding, is 1."""
    record = _row(question, network)
    s = record.settings
    down, across = s["padding"]
    x = F.pad(torch.ones(1, 1, *record.input_shapes[0][1:]), (across, across, down, down), value=1.0)
    weight = torch.ones(1, 1, *s["kernel_size"], requires_grad=True)
    F.conv2d(x, weight, stride=s["stride"]).sum().backward()
    return int(weight.grad[0, 0, 0, 0])


def dropout_prediction(question: Question, network: TracedNetwork) -> float:
    return nn.Dropout(question.facts["p"]).eval()(torch.tensor(question.facts["x"])).item()


def dropout_training(question: Question, network: TracedNetwork) -> float:
    kept = nn.Dropout(question.facts["p"]).train()(torch.full((200,), question.facts["x"]))
    return kept[kept > 0][0].item()


def augmentation_prediction(question: Question, network: TracedNetwork) -> str:
    """The training's own test pass asks for no augmentation."""
    assert "augment" not in inspect.getsource(evaluation)
    return "unchanged"


def rate_curve(question: Question, network: TracedNetwork) -> str:
    """By the file of recorded curves."""
    facts = json.loads(CURVES.read_text(encoding="utf-8"))
    (loss,) = (tuple(one["loss"]) for one in facts["curves"] if one["learning_rate"] == question.facts["rate"])
    (letter,) = (curve.label for curve in question.scene.curves if curve.y == loss)
    return letter


def stopping_epoch(question: Question, network: TracedNetwork) -> int:
    """By the curve of the test set as it is drawn, and as the file has it."""
    curve = question.scene.curves[1]
    recorded = [one["test_loss"][: question.facts["epochs"]] for one in json.loads(CURVES.read_text("utf-8"))["few"]]
    assert list(curve.y) in recorded
    return int(curve.x[int(torch.tensor(curve.y, dtype=torch.float64).argmin())])


def activation_curve(question: Question, network: TracedNetwork) -> str:
    """By the file of the recorded experiment."""
    runs = json.loads(FILE.read_text("utf-8"))["runs"]
    losses = [one["loss"] for one in runs if one["setting"] == question.facts["asked"]]
    (letter,) = (curve.label for curve in question.scene.curves if list(curve.y) in losses)
    assert isinstance(letter, str)
    return letter


def accuracy_images(question: Question, network: TracedNetwork) -> int:
    """By the counts in the file of the recorded experiment."""
    counts = {one["right"][-1] for one in json.loads(FILE.read_text("utf-8"))["runs"]}
    facts = question.facts
    (low,), (high,) = (
        [count for count in counts if round(100 * count / facts["images"], 1) == facts[name]]
        for name in ("low", "high")
    )
    return int(high - low)


def gradient_change(question: Question, network: TracedNetwork) -> float:
    """By a gradient of torch's own."""
    facts = question.facts
    return float(_input_gradient(network)[0, facts["row"], facts["column"]]) * float(facts["change"])


def _input_gradient(network: TracedNetwork) -> torch.Tensor:
    """The gradient of the largest score, (C, H, W), computed once for each network."""

    def find() -> torch.Tensor:
        assert network.module is not None
        assert network.activations is not None
        x = network.activations.output("input").clone().requires_grad_()
        (gradient,) = torch.autograd.grad(network.module.eval()(x).max(), x)
        return gradient[0]

    return network.once("gradient by torch", find)


def _scores(network: TracedNetwork) -> list[list[float]]:
    """The scores of the image and of an image of zeros, computed once for each network."""

    def find() -> list[list[float]]:
        assert network.module is not None
        assert network.activations is not None
        image, module = network.activations.output("input"), network.module.eval()
        with torch.no_grad():
            return [module(x)[0].tolist() for x in (image, torch.zeros_like(image))]

    return network.once("scores by torch", find)


def input_times_gradient(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    facts, (left, right) = question.facts, (question.scene.grids[0].values, question.scene.grids[1].values)
    window = (0, slice(facts["row"], facts["row"] + 3), slice(facts["column"], facts["column"] + 3))
    torch.testing.assert_close(torch.tensor(right), _input_gradient(network)[window], atol=0.006, rtol=0)
    return rounded(torch.tensor(left, dtype=torch.float64) * torch.tensor(right, dtype=torch.float64), 4)


def map_value(question: Question, network: TracedNetwork) -> str:
    """By what the method declares of itself."""
    method = METHODS[question.facts["named"]]
    return "slope" if method.slopes else "covering" if "Occlusion" in method.describe("title") else "share"


def completeness(question: Question, network: TracedNetwork) -> float:
    """By the values of the map, which Captum computes; and by the scores, as the question rounds them."""
    own, black = (scores[question.facts["target"]] for scores in _scores(network))
    for plane in question.scene.maps:
        assert abs(sum(map(sum, plane.values)) - (own - black)) < 0.03 * abs(own - black) + 0.06
    return round(own, 2) - round(black, 2)


def randomised_map(question: Question, network: TracedNetwork) -> str:
    """By SciPy's rank correlation of the maps that are drawn."""
    planes = [torch.tensor(plane.values).flatten().numpy() for plane in question.scene.maps]
    agreements = [abs(spearmanr(one, other).statistic) for one, other in zip(planes[::2], planes[1::2], strict=True)]
    return list(question.facts["correlations"])[agreements.index(max(agreements))]


def deletion_curve(question: Question, network: TracedNetwork) -> str:
    """By the area under the curves that are drawn: the map's order is the fastest, the random one the slowest."""
    by_area = sorted(question.scene.curves, key=lambda curve: float(torch.trapezoid(torch.tensor(curve.y))))
    curve = by_area[["map", "centre", "random"].index(question.facts["asked"])]
    assert isinstance(curve.label, str)
    return curve.label


@cache
def _scheduled(name: str, epochs: int, each: int) -> list[float]:
    """The learning rate of each step by torch's own schedule, where the largest is 1."""
    optimizer, steps = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 1.0), STEPS_PER_EPOCH * epochs
    schedule = {
        "step": lambda: torch.optim.lr_scheduler.StepLR(optimizer, STEPS_PER_EPOCH * each, 0.5),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps),
        "one-cycle": lambda: torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, steps, cycle_momentum=False),
    }[name]()
    rates = []
    for _ in range(steps):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return rates


def schedule_curve(question: Question, network: TracedNetwork) -> tuple[float, ...]:
    f = question.facts
    each = f["rule"].values["each"] if f["schedule"] == "step" else 0
    rates = _scheduled(f["schedule"], f["epochs"], each)
    return tuple(100 * rates[round(STEPS_PER_EPOCH * epoch)] for epoch in question.form.x)


def likeliest_mistake(question: Question, network: TracedNetwork) -> int:
    """By the checkpoint's card."""
    row = torch.tensor(CHECKPOINTS[network.title].confusion)[question.facts["true"]]
    row[question.facts["true"]] = -1
    return int(row.argmax())


def rounded(values: torch.Tensor, digits: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(value, digits) + 0.0 for value in line) for line in values.double().tolist())


RIGHT_BY = {
    "output-side": output_side,
    "output-shape": shape,
    "depth": depth,
    "window-place": window_place,
    "cell-uses": cell_uses,
    "padded-window": padded_window,
    "products-row": products_row,
    "window-sum": window_sum,
    "channel-sum": channel_sum,
    "pool-outputs": pool_outputs,
    "pool-winner": pool_winner,
    "padded-maximum": padded_maximum,
    "activation-value": activation_value,
    "flatten-index": flatten_index,
    "flatten-source": flatten_source,
    "softmax-probability": softmax,
    "cross-entropy": cross_entropy,
    "first-loss": first_loss,
    "convolution-parameters": parameters,
    "dense-parameters": parameters,
    "layer-without-parameters": parameters,
    "multiply-adds": multiply_adds,
    "cost-order": cost_order,
    "width-curve": width_curve,
    "kernel-stack": kernel_stack,
    "grouped-cost": replaced,
    "separable-cost": replaced,
    "pointwise-reduction": replaced,
    "output-memory": output_memory,
    "training-memory": training_memory,
    "field-size": field_size,
    "field-start": field_start,
    "join-shape": shape,
    "concatenated-channel": concatenated_channel,
    "shortcut-sum": shortcut_sum,
    "norm-parameters": parameters,
    "norm-training": norm_training,
    "norm-prediction": norm_prediction,
    "bias-before-norm": bias_before_norm,
    "relu-gradient": relu_gradient,
    "pool-gradient": pool_gradient,
    "weight-gradient": weight_gradient,
    "dropout-prediction": dropout_prediction,
    "dropout-training": dropout_training,
    "augmentation-prediction": augmentation_prediction,
    "rate-curve": rate_curve,
    "schedule-curve": schedule_curve,
    "stopping-epoch": stopping_epoch,
    "activation-curve": activation_curve,
    "accuracy-images": accuracy_images,
    "likeliest-mistake": likeliest_mistake,
    "gradient-change": gradient_change,
    "input-times-gradient": input_times_gradient,
    "map-value": map_value,
    "completeness": completeness,
    "randomised-map": randomised_map,
    "deletion-curve": deletion_curve,
}
"""The other way for each generator."""
