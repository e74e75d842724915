"""The tensors of a file paired with those of a network, by their names, else by their order and shapes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.text.printable import printable
from cnnviz.zoo.torchvision_weights import COUNTER
from cnnviz.zoo.weight_conventions import NamingConvention
from cnnviz.zoo.weight_order import LONGEST_NAME, Shape, pair_by_order

Shapes = Mapping[str, Shape]

WRAPPERS = ("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
"""Names that torch puts around a part of a network: data parallelism, compilation, sharding, recomputation."""
_COUNTS = ("total_ops", "total_params")
"""What a counter of operations leaves in every layer."""
_TRAINING = re.compile(
    r"(global_|n_|num_)?(epochs?|steps?|iter|iters|iterations?)"
    r"|((best|train|val|valid|test|max|min)_)?(loss|acc|acc1|acc5|accuracy|score|error|lr|metric)(es|s)?"
    r"|(lr|learning_rate|seed|rng_state|cuda_rng_state|torch_rng_state|args|config|hparams|hyper_parameters|history)"
    r"|(optim|optimi[sz]er|opt|lr_scheduler|scheduler|scaler|grad_scaler|amp|criterion|loss_fn|loss_function)"
    r"(_states?|_dict|_state_dict|s|_\d+)?"
)
"""First parts of names that tell of a training, not of a network."""
_WRAPPED_WEIGHT = re.compile(r"\.parametrizations\.\w+\.original|\.weight_(g|v|u|orig|mask|bar)$")
"""What pruning and normalization keep in the place of a weight."""
_DEEPEST_NAME = 12
"""Parts of a name that are looked into."""


@dataclass(frozen=True, slots=True)
class NamePairing:
    """The tensor of a file for each tensor of a network, and the changes made to the names."""

    names: Mapping[str, str]
    """Of every tensor of the network, its name in the file; without the counters that a file lacks."""
    stripped: tuple[str, ...] = ()
    """What was taken off the beginning, or out of the middle, of the file's names."""
    convention: str = ""
    """A key below `file.named` in `weights.toml`: whose names the file uses; "" for the network's own."""
    left_out: tuple[str, ...] = ()
    """Names of the file that no network needs."""

    def describe(self, t: Text) -> list[str]:
        """Return a sentence for each thing that was done; `t` is the text `weights`."""
        said = []
        if self.stripped:
            said.append(t("file.stripped", prefix=printable("".join(self.stripped))))
        if self.convention:
            ours, theirs = next((pair for pair in self.names.items() if pair[0] != pair[1]), ("", ""))
            said.append(t(f"file.named.{self.convention}", theirs=printable(theirs), ours=ours))
        if self.left_out:
            shown = [printable(name) for name in self.left_out[:3]]
            said.append(t("file.left_out", count=len(self.left_out), names=t.listed(shown)))
        return said


def pair_names(
    found: Shapes, expected: Shapes, others: Callable[[], Sequence[NamingConvention]] = tuple
) -> NamePairing:
    """Return which of the `found` tensors of a file are the `expected` ones of a network.

    In this order: the network's own names, those of `others`, in each case with anything before them; then layers
    that agree in number and shape, where the numbers in their names leave one way to put them in order.

    Raises:
        UserError: `weights_twofold`, `weights_missing`, `weights_surplus`, `weights_names`, `weights_shape`,
            `weights_classes` or `weights_channels`.
    """
    ours = tuple(name for name in expected if not _is_counter(name))
    cleaned = _without_wrappers(found)
    own = NamingConvention("", ours)
    best = _read(cleaned, own)
    if best.votes < len(ours):
        readings = [best, *(_read(cleaned, convention) for convention in others())]
        best = max(readings, key=lambda reading: reading.votes)
    if best.votes < len(ours):
        by_order = _by_order(found, cleaned, ours, expected)
        if by_order is not None:
            return by_order
    paired = {
        name: cleaned.get(best.prefix + theirs, "") for name, theirs in zip(ours, best.convention.names, strict=True)
    }
    used = set(paired.values())
    rest = [(name, original) for name, original in cleaned.items() if original not in used and not _is_counter(name)]
    surplus = [original for name, original in rest if not _is_left_out(name, best)]
    _check_names(found, expected, best, paired, surplus)
    _check_shapes(found, expected, paired)
    return NamePairing(
        names=paired | _counters(found, expected, paired),
        stripped=_stripped(paired, best.prefix),
        convention=best.convention.library,
        left_out=tuple(original for _, original in rest),
    )


@dataclass(frozen=True, slots=True)
class _ConventionMatch:
    """One convention, with the beginning that most of its names have in a file."""

    convention: NamingConvention
    prefix: str
    votes: int


def _read(cleaned: Mapping[str, str], convention: NamingConvention) -> _ConventionMatch:
    """Return the beginning under which a file has the most of a convention's names.

    Raises:
        UserError: `weights_twofold` where it has all of them under two.
    """
    wanted = set(convention.names)
    votes: Counter[str] = Counter()
    for name in cleaned:
        for prefix, rest in _splits(name):
            if rest in wanted:
                votes[prefix] += 1
    whole = [prefix for prefix, count in votes.items() if count == len(wanted)]
    if len(whole) > 1:
        raise UserError(
            "weights_twofold",
            first=whole[0] + convention.names[0],
            second=whole[1] + convention.names[0],
        )
    prefix, count = votes.most_common(1)[0] if votes else ("", 0)
    return _ConventionMatch(convention, prefix, count)


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Yield every way to cut a name before one of its parts, the whole name first."""
    yield "", name
    if len(name) <= LONGEST_NAME:
        for cut in list(re.finditer(r"\.", name))[: _DEEPEST_NAME - 1]:
            yield name[: cut.end()], name[cut.end() :]


def _without_wrappers(found: Shapes) -> dict[str, str]:
    """Return the names of a file by themselves without the parts that torch wraps a network in.

    Raises:
        UserError: `weights_twofold` where two names differ in nothing else.
    """
    cleaned: dict[str, str] = {}
    for name in found:
        bare = ".".join(part for part in name.split(".") if part not in WRAPPERS) or name
        if bare in cleaned:
            raise UserError("weights_twofold", first=cleaned[bare], second=name)
        cleaned[bare] = name
    return cleaned


def _stripped(paired: Mapping[str, str], prefix: str) -> tuple[str, ...]:
    parts = {part for name in paired.values() for part in name.split(".") if part in WRAPPERS}
    return tuple(f"{part}." for part in WRAPPERS if part in parts) + ((prefix,) if prefix else ())


def _is_counter(name: str) -> bool:
    return name.rpartition(".")[2] == COUNTER


def _is_left_out(name: str, reading: _ConventionMatch) -> bool:
    """Return whether a tensor tells of a training, or belongs to a part that a network does without."""
    inner = name.removeprefix(reading.prefix)
    return (
        name.rpartition(".")[2] in _COUNTS
        or any(
            _TRAINING.fullmatch(part.lower())
            for part in {name.partition(".")[0], inner.partition(".")[0]}
            if len(part) < 60
        )
        or (name.startswith(reading.prefix) and inner.startswith(reading.convention.left_out or ("\0",)))
    )


def _counters(found: Shapes, expected: Shapes, paired: Mapping[str, str]) -> dict[str, str]:
    """Return the counters of batches that a file has for the layers of a network."""
    counters = {}
    for name in filter(_is_counter, expected):
        layer = name.rpartition(".")[0]
        theirs = f"{paired[f'{layer}.running_mean'].rpartition('.')[0]}.{COUNTER}"
        if found.get(theirs) == ():
            counters[name] = theirs
    return counters


def _check_names(
    found: Shapes, expected: Shapes, reading: _ConventionMatch, paired: Mapping[str, str], surplus: Sequence[str]
) -> None:
    """Raise unless a file has every name, and none besides."""
    absent = [
        (reading.prefix + theirs, name)
        for name, theirs in zip(paired, reading.convention.names, strict=True)
        if not paired[name]
    ]
    values = {
        "missing": absent[0][0] if absent else "",
        "missing_shape": format_shape(expected[absent[0][1]]) if absent else "",
        "surplus": surplus[0] if surplus else "",
        "surplus_shape": format_shape(found[surplus[0]]) if surplus else "",
        "number": len(absent),
        "count": len(paired),
    }
    if absent and any(map(_WRAPPED_WEIGHT.search, surplus)):
        raise UserError("weights_wrapped", surplus=next(filter(_WRAPPED_WEIGHT.search, surplus)))
    if absent or surplus:
        key = "weights_surplus" if not absent else "weights_names" if surplus else "weights_missing"
        raise UserError(key, **values)


def _check_shapes(found: Shapes, expected: Shapes, paired: dict[str, str]) -> None:
    """Raise at the first tensor whose shape differs, in the words of the setting that changes it."""
    wrong = [name for name, theirs in paired.items() if found[theirs] != expected[name]]
    if not wrong:
        return
    first, last = next(iter(paired)), next(reversed(paired)).rpartition(".")[0]
    theirs, own = found[paired[wrong[0]]], expected[wrong[0]]
    if all(
        name.rpartition(".")[0] == last and _only_differ_at(0, found[paired[name]], expected[name]) for name in wrong
    ):
        raise UserError("weights_classes", got=theirs[0], expected=own[0])
    if wrong == [first] and len(own) == 4 and _only_differ_at(1, theirs, own):
        raise UserError("weights_channels", got=theirs[1], expected=own[1])
    raise UserError(
        "weights_shape",
        name=paired[wrong[0]],
        got=format_shape(theirs),
        expected=format_shape(own),
        number=len(wrong),
        count=len(paired),
    )


def _only_differ_at(place: int, one: Shape, other: Shape) -> bool:
    return len(one) == len(other) and all(a == b for i, (a, b) in enumerate(zip(one, other, strict=True)) if i != place)


def _by_order(found: Shapes, cleaned: Mapping[str, str], ours: Sequence[str], expected: Shapes) -> NamePairing | None:
    """Return the tensors of a file paired by their layers' order; None where that leaves more ways than one.

    Raises:
        UserError: `weights_shape` or `weights_classes` where all layers are in order and one differs in shape.
    """
    bare = _ConventionMatch(NamingConvention("", ()), "", 0)
    theirs = {
        name: found[original]
        for name, original in cleaned.items()
        if not _is_counter(name) and not _is_left_out(name, bare)
    }
    matched = pair_by_order(theirs, {name: expected[name] for name in ours})
    if matched is None:
        return None
    paired = {name: cleaned[bare_name] for name, bare_name in matched.items()}
    _check_shapes(found, expected, paired)
    used = set(paired.values())
    left_out = tuple(name for name in found if name not in used and not _is_counter(name))
    return NamePairing(paired | _counters(found, expected, paired), convention="order", left_out=left_out)


def format_shape(shape: Sequence[int]) -> str:
    """Return a shape as a person reads it.

    >>> format_shape((6, 1, 5, 5))
    '6×1×5×5'
    """
    return "×".join(str(number)[:20] for number in shape[:8]) or "1"
