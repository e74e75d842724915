"""`attribute`: which pixels of one image mattered to a trained network's answer."""

import errno
import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.cli.network_argument import build_network, find_model
from cnnviz.cli.output import print_json, print_line
from cnnviz.cli.text_table import aligned
from cnnviz.cli.trace_command import parse_settings
from cnnviz.errors import UserError
from cnnviz.options import Choice, Whole
from cnnviz.paths import path_kind, read_bytes, user_path
from cnnviz.text import Text

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.attribution import Attribution
    from cnnviz.data.handwriting import Handwriting
    from cnnviz.models import TrainedModel

HELP = "python -m cnnviz attribute --help"
NUMBER = Whole(0, 10**9 - 1)
"""A seed, a class or the number of an image."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add `CHECKPOINT`, `IMAGE`, `--network`, `--method`, `--target`, `--layer`, `--baseline`, `-o`, `--seed`,
    `--data-dir`, `--as-it-is`, `--out` and `--json`."""
    parser.add_argument("checkpoint", nargs="?")
    parser.add_argument("image", nargs="?")
    for flag in ("--network", "--method", "--target", "--layer", "--baseline", "--seed", "--data-dir", "--out"):
        parser.add_argument(flag)
    parser.add_argument("-o", "--option", action="append", default=[])
    parser.add_argument("--as-it-is", action="store_true")
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Compute one map, write it where `--out` says, and print the facts about it.

    Raises:
        UserError: a wrong call, or a map that cannot be had.
    """
    for name, word in (
        ("CHECKPOINT", arguments.checkpoint),
        ("IMAGE", arguments.image),
        ("--method", arguments.method),
    ):
        if word is None:
            raise UserError("argument_missing", command="attribute", argument=name, help=HELP)
    options = parse_settings(arguments.option, example="steps=64")
    seed = NUMBER.parse(0 if arguments.seed is None else arguments.seed, "--seed")
    asked = None if arguments.target is None else NUMBER.parse(arguments.target, "--target")
    out = None if arguments.out is None else _writable(arguments.out)

    import torch

    from cnnviz.attribution import BASELINES, Target, compute_logits, find_method
    from cnnviz.attribution.baselines import SEVERAL
    from cnnviz.attribution.export import export_metadata, npz_bytes

    entry = find_method(arguments.method)
    word = arguments.baseline
    named = None if word is None else Choice(tuple(BASELINES)).parse(word, "--baseline")
    names = (named,) if named else SEVERAL if entry.averages else tuple(BASELINES)[:1]
    model = find_model(arguments.checkpoint, arguments.network, t.language)
    shown = read_image(arguments.image, arguments.data_dir)
    framed = None if arguments.as_it_is else _framed(shown, arguments.image, model)
    source = shown if framed is None or framed.image is None else framed.image
    pixels = model.prepare(source, standardise=False)
    compared = torch.cat([BASELINES[name](pixels, seed) for name in names])
    image, baseline = model.standardise(pixels), model.standardise(compared)
    network = build_network(model)
    logits = compute_logits(network, image)[0]
    target = Target(int(logits.argmax()) if asked is None else asked)
    found = entry.attribute(
        network, image, target, layer=arguments.layer or "", baseline=baseline, options=options, seed=seed
    )
    logit = float(logits[target.index])
    facts = export_metadata(
        found, network, checkpoint=model.weights.name, architecture=model.spec.architecture, image=arguments.image
    )
    facts |= {"baseline": ",".join(names) if entry.uses_baseline else None, "logit": logit}
    facts["preparation"] = [] if framed is None else [step.key for step in framed.steps[1:]]
    facts["doubts"] = [] if framed is None else [note.key for note in framed.doubts]
    if out is not None:
        _write(out, npz_bytes(found, image, logit))
        _write(out.with_suffix(".json"), (json.dumps(facts, indent=1) + "\n").encode())
        facts["out"] = str(out)
    if arguments.json:
        print_json(facts if out else facts | {"attribution": found.values.tolist()})
    else:
        print_line(describe_result(found, facts, t))
        if framed is not None:
            print_line(_said_of(framed, float(model.probabilities(logits).max()), t.language))


def describe_result(found: "Attribution", facts: Mapping[str, Any], t: Text) -> str:
    """Return the facts as a person reads them, a line each."""
    shape = "×".join(map(str, facts["shape"]))
    rows = [
        [t("attribute.method"), found.method],
        [t("attribute.target"), str(facts["target"])],
        [t("attribute.logit"), f"{facts['logit']:.4f}"],
        [t("attribute.shape"), shape],
    ]
    if found.layer:
        rows.append([t("attribute.layer"), found.layer])
    values = found.values
    rows.append([t("attribute.range"), f"{float(values.min()):.4g} … {float(values.max()):.4g}"])
    if found.completeness is not None:
        whole = found.completeness
        rows.append(
            [
                t("attribute.sum"),
                t(
                    "attribute.completeness",
                    total=f"{whole.total:.4g}",
                    difference=f"{whole.difference:.4g}",
                    steps=whole.steps,
                    percent=f"{100 * whole.error:.3g}",
                ),
            ]
        )
    rows.append([t("attribute.computed_by"), found.describe_computed_by(t.language)])
    rows += [[t("attribute.seconds"), f"{found.seconds:.3f}"]]
    if "out" in facts:
        rows.append([t("attribute.out"), facts["out"]])
    return "\n".join([aligned(rows), *(note.describe(t.language) for note in found.notes)])


def read_image(word: str, data_dir: str | None = None) -> "Tensor":
    """Return uint8 (C, H, W): an image file, a test image of a set as `digits:3`, or a sample such as `flower`.

    Raises:
        UserError: `attribute_image`, or a file or a set that cannot be read.
    """
    from cnnviz.data import SAMPLES, dataset, read_upload
    from cnnviz.data.upload import MAX_BYTES

    path = user_path(word)
    if path_kind(path) == "file":
        if (size := path.stat().st_size) > MAX_BYTES:
            raise UserError("upload_bytes", megabytes=f"{size / 1e6:.1f}", limit=MAX_BYTES // 1_000_000)
        return read_upload(read_bytes(path)).image
    name, colon, number = word.partition(":")
    if colon:
        entry, place = dataset(name), NUMBER.parse(number, "IMAGE")
        if place >= entry.num_test:
            raise UserError("attribute_number", dataset=name, last=entry.num_test - 1, got=number)
        return entry.load("test", data_dir, place + 1).images[place]
    if word in SAMPLES:
        return SAMPLES[word].load()
    raise UserError("attribute_image", name=word, samples=[*SAMPLES])


def _framed(image: "Tensor", word: str, model: "TrainedModel") -> "Handwriting | None":
    """Return a handwritten digit in the frame of the set that the network learned; None for any other image."""
    from cnnviz.data import dataset
    from cnnviz.data.handwriting import frame_handwriting

    name, colon, _ = word.partition(":")
    is_file = path_kind(user_path(word)) == "file"
    if not (is_file or colon):
        return None
    framing = model.framing_for(None if is_file else dataset(name))
    return None if framing is None else frame_handwriting(image, framing)


def _said_of(framed: "Handwriting", probability: float, language: str) -> str:
    """Return the steps into the set's frame, and the doubts, a line each."""
    from cnnviz.data.handwriting import doubt_confidence

    notes = [step.note.describe(language) for step in framed.steps[1:]] + [
        note.describe(language) for note in framed.doubts
    ]
    return "\n".join(filter(None, [*notes, doubt_confidence(probability, language)]))


def _writable(word: str) -> Path:
    path = user_path(word)
    if path.suffix != ".npz":
        raise UserError("attribute_out", path=path)
    for file in (path, path.with_suffix(".json")):
        if path_kind(file) not in ("file", ""):
            why = errno.EISDIR if path_kind(file) == "folder" else errno.EOPNOTSUPP
            raise UserError("attribute_write", path=file, why=os.strerror(why))
    if path_kind(path.parent) != "folder":
        raise UserError("attribute_write", path=path, why=os.strerror(errno.ENOENT))
    return path


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError("attribute_write", path=path, why=error.strerror or str(error)) from error
