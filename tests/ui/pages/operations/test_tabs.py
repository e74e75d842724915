"""The operations page on the course's examples: equal to torch's own, and told term by term."""

import re
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.ops.convolution import full_convolution1d
from cnnviz.text import load
from cnnviz.ui.pages.operations.board import Board, FormulaLink, WindowLink
from cnnviz.ui.pages.operations.payload import pack
from cnnviz.ui.pages.operations.table import TABS
from tests.ui.pages.operations.boards import PRESETS, board, check, output

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


@pytest.mark.parametrize(("tab", "preset"), PRESETS)
def test_the_pytorch_beside_an_example_gives_the_same_numbers(tab: str, preset: str) -> None:
    check(board(tab, preset))


@pytest.mark.parametrize(("tab", "preset"), PRESETS)
def test_every_link_of_an_example_tells_every_number_of_its_target(tab: str, preset: str) -> None:
    made = board(tab, preset)
    for link in made.links:
        target = made.grid(link.target)
        if isinstance(link, FormulaLink):
            assert len(link.cells) == target.values.numel()
            for cell in link.cells:
                assert cell.lines
                assert all(0 <= place < made.grid(name).values.numel() for name, place in cell.reads)
        else:
            told = terms(made, link)
            shown = (
                target.values
                if told.numel() == target.values.numel()
                else target.values[:, : told.shape[1], : told.shape[2]]
            )
            torch.testing.assert_close(told, shown, rtol=1e-9, atol=1e-9)


def terms(made: Board, link: WindowLink) -> torch.Tensor:
    """The target of a window computed from what the browser gets: positions, kernel planes, bias, divisors."""
    source, target = made.grid(link.source).values, made.grid(link.target).values
    empty = {"max": -torch.inf, "min": torch.inf}.get(link.how, 0.0)
    around = (link.columns.before, link.columns.after, link.rows.before, link.rows.after)
    padded = (
        F.pad(source[None], around, mode=link.mode)[0] if link.mode != "zeros" else F.pad(source, around, value=empty)
    )
    reach = (slice(None, link.rows.reach, link.rows.dilation), slice(None, link.columns.reach, link.columns.dilation))
    per_in, per_out = len(source) // link.groups, len(target) // link.groups
    made_values = torch.zeros_like(target)
    for plane, y, x in product(*map(range, target.shape)):
        first = plane // per_out * per_in
        window = padded[first : first + per_in, y * link.rows.stride :, x * link.columns.stride :][
            :, reach[0], reach[1]
        ]
        if link.how == "conv":
            kernel = made.grid(link.kernel).values[plane * per_in : (plane + 1) * per_in]
            bias = link.bias[plane] if link.bias else 0.0
            made_values[plane, y, x] = (window * kernel).sum() + bias
        elif link.how == "mean":
            assert link.divisors is not None
            made_values[plane, y, x] = window.sum() / link.divisors[y, x]
        else:
            made_values[plane, y, x] = getattr(window, link.how)()
        if target.numel() > 500 and y * target.shape[2] + x > 300:  # the rest of a photograph is more of the same
            return made_values[:1, :1, :]
    return made_values


@pytest.mark.parametrize(("tab", "preset"), PRESETS)
def test_a_formula_of_an_example_ends_with_the_number_it_tells(tab: str, preset: str) -> None:
    made = board(tab, preset)
    for link in made.links:
        if isinstance(link, FormulaLink):
            for cell, value in zip(link.cells, made.grid(link.target).values.flatten().tolist(), strict=True):
                last = float(re.split(r" = |: ", cell.lines[-1])[-1].replace("−", "-").replace("∞", "inf"))
                assert last == pytest.approx(value, rel=1e-5, abs=1e-9), cell.lines


@pytest.mark.parametrize(
    ("tab", "preset", "expected"),
    [
        ("correlation", "worked", [[[19, 25], [37, 43]]]),
        ("correlation", "transposed_input", [[[0] * 5] * 8]),
        ("correlation", "edge", [[[0, 1, 0, 0, 0, -1, 0]] * 6]),
        ("correlation", "second", [[[0, 3, 0, 0, -3, 0]] * 3]),
        ("convolution", "worked", [[[1, 2, 2, 2, -3, -4]]]),
        ("convolution", "flip", [[[5, 11], [23, 29]]]),
        ("convolution", "unflipped", [[[5, 11], [23, 29]]]),
        ("padding", "worked", [[[0, 8], [6, 8]]]),
        ("channels", "worked", [[[56, 72], [104, 120]]]),
        ("separable", "same_sum", [[[56, 72], [104, 120]]]),
        ("pooling", "worked", [[[4, 5], [7, 8]]]),
        ("pooling", "average", [[[2, 3], [5, 6]]]),
        ("pooling", "infinity", [[[-5, -4, -4], [-2, -1, -1], [-2, -1, -1]]]),
        ("pooling", "zeros", [[[4, 6, 4], [6, 9, 6], [4, 6, 4]]]),
        ("pooling", "uncounted", [[[9] * 3] * 3]),
        ("transposed", "worked", [[[0, 0, 1], [0, 4, 6], [4, 12, 9]]]),
    ],
)
def test_a_worked_example_has_the_numbers_of_the_course(tab: str, preset: str, expected: list) -> None:
    torch.testing.assert_close(
        torch.tensor(output(tab, preset)), torch.tensor(expected, dtype=torch.float32), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(
    ("preset", "side"),
    [
        ("shape", (2, 2)),
        ("alexnet", (54, 54)),
        ("resnet", (112, 112)),
        ("same", (5, 5)),
        ("even", (5, 5)),
        ("dilation", (4, 4)),
        ("stride", (4, 4)),
    ],
)
def test_an_example_of_padding_and_stride_has_the_size_its_sentence_says(preset: str, side: tuple[int, int]) -> None:
    assert tuple(board("padding", preset).grid("output").values.shape[1:]) == side


def test_without_padding_a_corner_is_used_once_and_the_middle_nine_times() -> None:
    used = board("padding", "border").grid("uses").values[0]
    assert used[0, 0] == 1
    assert used[2, 2] == 9


def test_the_learned_kernel_comes_within_about_a_twentieth_in_ten_steps() -> None:
    learned = board("learned").grid("kernel").values[0]
    assert (learned - torch.tensor([[1.0, -1.0]])).abs().max() < 0.05
    assert (board("learned", "other").grid("kernel").values[0] - torch.tensor([[1.0, -1.0]])).abs().max() < 0.07


def test_at_too_large_a_rate_the_loss_grows() -> None:
    losses = board("learned", "rate").curves.lines["loss"]
    assert losses[4] > losses[0]


def test_two_convolutions_fold_into_one_unless_a_nonlinearity_or_padding_stands_between() -> None:
    for preset, same in (("worked", True), ("fold", True), ("converse", True), ("relu", False), ("border", False)):
        made = board("field", preset)
        twice, once = made.grid("output").values, made.grid("once").values
        assert torch.allclose(twice, once) is same, preset
    made = board("field", "border")
    inside = (slice(None), slice(1, -1), slice(1, -1))
    torch.testing.assert_close(made.grid("output").values[inside], made.grid("once").values[inside])


@pytest.mark.parametrize("seed", range(5))
def test_convolution_commutes_and_a_single_row_is_the_one_dimensional_case(seed: int) -> None:
    f, g = (torch.randint(-5, 6, (1, n), generator=torch.Generator().manual_seed(seed)).double() for n in (7, 4))
    texts = {"f": " ".join(map(str, f[0].tolist())), "g": " ".join(map(str, g[0].tolist()))}
    one, other = output("convolution", way="full", **texts), output("convolution", way="swapped", **texts)
    assert one == other == [[full_convolution1d(f[0], g[0]).tolist()]]


def test_doubling_both_channel_counts_costs_four_times_and_groups_divide_the_cost() -> None:
    def cost(preset: str) -> int:
        kernel, cells = (board("channels", preset).grid(name).values for name in ("kernel", "output"))
        return kernel.numel() * cells[0].numel()

    assert cost("doubled") == 4 * cost("cost")
    assert cost("groups") == cost("doubled") // 2
    assert cost("depthwise") == cost("doubled") // 4


def test_a_dense_layer_in_the_place_of_the_convolution_has_1152_weights() -> None:
    facts = {fact.label: fact.formula for fact in board("matrix", "dense").facts}
    assert facts["conv_weights"].endswith("= 18")
    assert facts["dense_weights"].endswith("= 1,152")


def test_the_moving_averages_of_torch_are_torchs_and_those_of_the_first_edition_differ_in_the_variance_alone() -> None:
    made = board("batch_norm", "inference")
    layer = nn.BatchNorm1d(2).double()
    for batch in TABS["batch_norm"].values(TABS["batch_norm"].preset("inference"))["batches"]:
        layer(batch)
    torch.testing.assert_close(made.grid("kept_torch").values[0], torch.stack([layer.running_mean, layer.running_var]))
    course = made.grid("kept_course").values[0]
    torch.testing.assert_close(course[0], layer.running_mean)
    expected = (layer.running_var - 0.9**3) * 3 / 4  # no start at 1, and n - 1 becomes n
    torch.testing.assert_close(course[1], expected)


def test_inference_before_any_training_multiplies_by_316_in_the_first_edition_and_by_1_in_torch() -> None:
    batch = board("batch_norm", "untrained").grid("batch").values
    first, torchs = (board("batch_norm", name).grid("output").values for name in ("untrained", "untrained_torch"))
    torch.testing.assert_close(first / batch, torch.full_like(batch, 316.227766), rtol=1e-6, atol=0)
    torch.testing.assert_close(torchs / batch, torch.full_like(batch, 1.0), rtol=1e-5, atol=0)


def test_a_constant_added_before_batch_normalization_changes_the_mean_alone() -> None:
    plain, moved = board("batch_norm"), board("batch_norm", "shifted")
    torch.testing.assert_close(plain.grid("output").values, moved.grid("output").values)
    assert (moved.grid("statistics").values - plain.grid("statistics").values)[0, 0].tolist() == [100, 100]


def test_channels_and_outputs_are_counted_from_0() -> None:
    labels = {grid["name"]: grid["labels"] for grid in pack(board("separable"), load("pages/operations"))["grids"]}
    assert labels["input"][:2] == ["channel 0", "channel 1"]
    assert labels["output"][:2] == ["output 0", "output 1"]


def test_batch_normalization_opens_on_the_normalized_value() -> None:
    made = board("batch_norm")
    assert made.main == "normalized"
    line = pack(made, load("pages/operations"))["links"][1]["lines"][0][0]
    assert line == "(1 − 4) / √(5 + 1e-05) = −1.34164"


@pytest.mark.parametrize(("tab", "preset"), PRESETS)
def test_what_travels_has_every_number_and_every_word(tab: str, preset: str) -> None:
    made = board(tab, preset)
    for language in ("en", "zh-Hans", "zh-Hant"):
        t = load("pages/operations", language)
        header = pack(made, t)
        assert [grid["name"] for grid in header["grids"]] == [grid.name for grid in made.grids]
        assert made.main in {grid.name for grid in made.grids}
        assert all(t(f"fact.{fact.label}") for fact in made.facts)
