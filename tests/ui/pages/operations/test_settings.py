"""Every legal setting of the operations page on a small grid: equal to torch's own function."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.errors import UserError
from cnnviz.ui.pages.operations.table import TABS
from tests.ui.pages.operations.boards import board, check

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")
SIDES = ("0", "1", "0,1", "same", "valid")


@pytest.mark.parametrize(
    ("mode", "groups", "dilation"),
    [
        *product(["zeros"], (1, 2), ("1", "2,1")),
        *product(("reflect", "replicate", "circular"), [1], ["1"]),
        *product(("reflect", "replicate", "circular"), [2], ["2,1"]),
    ],
)
def test_every_legal_convolution_equals_torch_and_what_torch_refuses_is_refused(
    mode: str, groups: int, dilation: str
) -> None:
    entry = TABS["padding"]
    for k, stride, padding in product(("1", "2", "3", "2,3"), ("1", "2", "3,2"), SIDES):
        held = entry.preset("worked") | {
            "from": "random",
            "channels": 2,
            "size": "5,6",
            "kernel_from": "random",
            "k": k,
            "outputs": 2,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "mode": mode,
        }
        values = entry.values(held) | {"groups": groups}
        x = torch.zeros(1, 2, 5, 6)
        try:
            layer = nn.Conv2d(
                2, 2, values["k"], values["stride"], values["padding"], values["dilation"], groups, padding_mode=mode
            )
            layer(x)
        except (RuntimeError, ValueError):
            with pytest.raises(UserError):
                entry.compute(values)
            continue
        check(entry.compute(values))


@pytest.mark.parametrize("pool", ["max", "average", "min", "softmax", "by_relu"])
def test_every_legal_pooling_equals_torch_and_what_torch_refuses_is_refused(pool: str) -> None:
    entry = TABS["pooling"]
    for window, stride, pad, ceil in product(
        ("1", "2", "3", "2,3"), ("", "1", "2,3"), ("0", "1", "0,1"), (False, True)
    ):
        settings = {
            "from": "random",
            "size": "5,7",
            "channels": 2,
            "pool": pool,
            "window": window,
            "pool_stride": stride,
            "pad": pad,
            "ceil": ceil,
            "count_pad": not ceil,
        }
        values = entry.values(entry.preset("worked") | settings)
        if pool == "by_relu" and len(set(values["window"])) == 2:
            continue
        try:
            F.max_pool2d(
                torch.zeros(1, 2, 5, 7),
                values["window"],
                values["pool_stride"],
                values["pad"],
                ceil_mode=values["ceil"],
            )
        except RuntimeError:
            with pytest.raises(UserError):
                entry.compute(values)
            continue
        check(entry.compute(values))


@pytest.mark.parametrize(("dilation", "divisor"), list(product(("1", "2"), (0, 3))))
def test_dilated_maxima_and_means_with_a_divisor_equal_torch(dilation: str, divisor: int) -> None:
    for stride, pad in product(("1", "2"), ("0", "1")):
        settings = {
            "from": "random",
            "size": "6,7",
            "window": "2,3",
            "pool_stride": stride,
            "pad": pad,
            "dilation": dilation,
        }
        check(board("pooling", None, **settings))
        check(board("pooling", None, **(settings | {"pool": "average", "divisor": divisor})))


def test_every_legal_transposed_convolution_equals_torch() -> None:
    compared = 0
    for stride, pad, dilation, extra in product(("1", "2", "2,3"), ("0", "1"), ("1", "2"), ("0", "1", "0,1")):
        entry = TABS["transposed"]
        values = entry.values(
            entry.preset("worked")
            | {
                "x": "1 2 3 / 4 -5 6",
                "kernel": "1 0 2 / -1 3 1",
                "stride": stride,
                "pad": pad,
                "dilation": dilation,
                "output_padding": extra,
            }
        )
        try:
            F.conv_transpose2d(
                torch.zeros(1, 1, 2, 3),
                torch.zeros(1, 1, 2, 3),
                None,
                values["stride"],
                values["pad"],
                values["output_padding"],
                1,
                values["dilation"],
            )
        except RuntimeError:
            with pytest.raises(UserError):
                entry.compute(values)
            continue
        check(entry.compute(values))
        compared += 1
    assert compared > 20


@pytest.mark.parametrize(
    ("kept", "phase", "batch", "momentum", "eps"),
    list(product(("course", "torch"), ("training", "inference"), (0, 1, 3), (0.9, 0.5), ("1e-05", "0.1"))),
)
def test_batch_normalization_equals_torch_in_both_conventions(
    kept: str, phase: str, batch: int, momentum: float, eps: str
) -> None:
    check(
        board(
            "batch_norm",
            None,
            kept=kept,
            phase=phase,
            batch=batch,
            momentum=momentum,
            eps=eps,
            gamma="2 0.5",
            beta="1 -1",
        )
    )


@pytest.mark.parametrize(
    ("size", "form", "alpha", "beta"), list(product((1, 2, 3, 5), ("paper", "torch"), (0.0001, 1.0), (0.75, 2.0)))
)
def test_local_response_normalization_equals_torch(size: int, form: str, alpha: float, beta: float) -> None:
    check(
        board(
            "response_norm",
            None,
            **{
                "from": "random",
                "channels": 6,
                "size": "3",
                "neighbours": size,
                "form": form,
                "alpha": alpha,
                "exponent": beta,
            },
        )
    )


@pytest.mark.parametrize(
    ("share", "phase", "scaling"), list(product((0.0, 0.3, 1.0), ("training", "inference"), ("torch", "paper")))
)
def test_dropout_equals_what_its_lines_give(share: float, phase: str, scaling: str) -> None:
    check(board("dropout", None, share=share, phase=phase, scaling=scaling, draw=3))


@pytest.mark.parametrize(("head", "smoothing", "classes"), list(product(("flatten", "mean"), (0.0, 0.1, 1.0), (1, 4))))
def test_the_way_from_maps_to_a_loss_equals_torch(head: str, smoothing: float, classes: int) -> None:
    check(
        board(
            "dense",
            None,
            **{
                "from": "random",
                "channels": 3,
                "head": head,
                "smoothing": smoothing,
                "classes": classes,
                "weights_from": "random",
            },
        )
    )


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "relu", "relu6", "hardswish", "hardsigmoid"])
def test_an_activation_equals_torch_in_value_and_slope(function: str) -> None:
    for inplace in (False, True):
        check(board("activation", None, function=function, inplace=inplace))
    made = board("activation", None, function=function)
    x = made.grid("input").values.clone().requires_grad_()
    names: dict = {}
    exec("from torch import nn\nf = " + made.code.splitlines()[-1].removeprefix("y = ").removesuffix("(x)"), names)
    names["f"](x).sum().backward()
    torch.testing.assert_close(made.grid("derivative").values, x.grad)
