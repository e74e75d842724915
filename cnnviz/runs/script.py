"""A run as one PyTorch script that needs nothing of this project and trains the same network the same way.

What draws at random is written out as it stands here, so the script meets the run's minibatches, first
weights and dropout one by one; the rest is plain PyTorch.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import read_json
from cnnviz.runs.environment import ENVIRONMENT
from cnnviz.runs.export import history_of
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import RunRecord
from cnnviz.train import augment, initialisers, minibatches, schedules, seeding
from cnnviz.train.config import TrainConfig

_DIGITS = """
def load():
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = torch.from_numpy(np.rint(digits.data * (255 / 16)).astype(np.uint8)).view(-1, 1, 8, 8)
    held_out, generator = np.zeros(len(images), bool), np.random.default_rng(0)
    for digit in range(10):  # a third of every class is for testing
        members = generator.permutation(np.flatnonzero(digits.target == digit))
        held_out[members[: round(len(members) / 3)]] = True
    labels = torch.from_numpy(digits.target).long()
    return images[~held_out], labels[~held_out], images[held_out], labels[held_out]
"""
_MNIST = """
def load():
    from torchvision.datasets import {name}

    train, test = ({name}("data", train=split, download=True) for split in (True, False))
    return train.data[:, None], train.targets, test.data[:, None], test.targets
"""
_CIFAR = """
def load():
    from torchvision.datasets import CIFAR10

    train, test = (CIFAR10("data", train=split, download=True) for split in (True, False))
    return tuple(torch.as_tensor(part) if index % 2 else torch.from_numpy(part).permute(0, 3, 1, 2)
                 for index, part in enumerate((train.data, train.targets, test.data, test.targets)))
"""
_OURS = """
def load():
    from cnnviz.data import dataset  # these images are drawn, not downloaded

    train, test = (dataset("{dataset}").load(split, limit=LIMIT) for split in ("train", "test"))
    return train.images, train.labels, test.images, test.labels
"""
LOADERS = MappingProxyType(
    {
        "digits": _DIGITS,
        "fashion_mnist": _MNIST.format(name="FashionMNIST"),
        "mnist": _MNIST.format(name="MNIST"),
        "cifar10": _CIFAR,
    }
)

OPTIMIZERS = MappingProxyType(
    {
        "sgd": "torch.optim.SGD(net.parameters(), lr=1, momentum={momentum}, weight_decay={weight_decay}, "
        "nesterov={nesterov}, fused=True)",
        "adam": "torch.optim.Adam(net.parameters(), lr=1, weight_decay={weight_decay}, fused=True)",
        "adamw": "torch.optim.AdamW(net.parameters(), lr=1, weight_decay={weight_decay}, fused=True)",
    }
)

_LOOP = """
images, labels, test_images, test_labels = (part[:LIMIT].to(DEVICE) for part in load())
pixels = images.float().div(255).transpose(0, 1).flatten(1).double()
MEAN, DEVIATION = (part.float().view(1, -1, 1, 1) for part in (pixels.mean(1), pixels.std(1, correction=0)))
several = labels.dim() == 2


def prepare(pixels, step=None):
    x = pixels.float().div(255)
    if AUGMENT and step is not None:
        generator = torch.Generator().manual_seed(draw_seed(SEED, "augment", step))
        for change in AUGMENT:
            x = change(x, generator)
    if SIDE and x.shape[2:] != (SIDE, SIDE):
        x = F.interpolate(x, (SIDE, SIDE), mode="bilinear", antialias=SIDE < max(x.shape[2:]))
    if STANDARDISE:
        x = (x - MEAN) / DEVIATION
    return x.contiguous(memory_format=MEMORY)


def scores(x):
    with torch.autocast(DEVICE, torch.bfloat16, enabled=BFLOAT16):
        return net(x).float()


def loss_of(logits, labels, smoothing=0.0):
    if several:
        return F.binary_cross_entropy_with_logits(logits, labels * (1 - smoothing) + smoothing / 2)
    return F.cross_entropy(logits, labels, label_smoothing=smoothing)


def right(logits, labels):
    return ((logits > 0) == (labels > 0.5)).all(1) if several else logits.argmax(1) == labels


def learning_rate(step):
    asked = [rate for since, rate in CHANGES if since <= step]
    return (asked[-1] if asked else LEARNING_RATE) * schedule(step, EPOCHS * per_epoch, per_epoch, config)


per_epoch = -(-len(images) // BATCH_SIZE)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, learning_rate)
losses = []
for epoch in range(EPOCHS):
    net.train()
    order = epoch_order(SEED, epoch, len(images)).to(DEVICE)
    for chosen in order.split(BATCH_SIZE):
        step = len(losses)
        x = prepare(images[chosen], step)
        torch.manual_seed(draw_seed(SEED, "dropout", step))
        loss = loss_of(scores(x), labels[chosen], SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    net.eval()
    with torch.inference_mode():
        found = [right(scores(prepare(some)), answers) for some, answers in
                 zip(test_images.split(BATCH_SIZE), test_labels.split(BATCH_SIZE))]
    print(f"epoch {epoch + 1}: loss {sum(losses[-per_epoch:]) / per_epoch:.4f}, "
          f"test accuracy {torch.cat(found).float().mean():.4f}")
"""

# a last image that batch normalization cannot train on alone joins the minibatch before it
_JOINED_LOOP = _LOOP.replace(
    "per_epoch = -(-len(images) // BATCH_SIZE)",
    "joined = BATCH_SIZE > 1 and len(images) % BATCH_SIZE == 1 and not trains_on_one_image(net, prepare(images[:1]))\n"
    "per_epoch = -(-len(images) // BATCH_SIZE) - joined",
).replace("order.split(BATCH_SIZE)", "minibatches(order, BATCH_SIZE, joined)")


def script(record: RunRecord) -> str:
    """Return source that trains as the run did, learning rates changed by hand included; `losses` holds a loss a step.

    Raises:
        UserError: `no_source` where the network has no such form.
    """
    history = history_of(record)
    changes = dict(record.plan.config.learning_rate_changes) | dict(history.changes)
    plan = replace(
        record.plan, config=replace(record.plan.config, learning_rate_changes=tuple(sorted(changes.items())))
    )
    try:
        machine = read_json(record.folder / ENVIRONMENT)["machine"]
    except (UserError, KeyError):
        machine = {}
    return _write(plan, machine)


def _write(plan: RunPlan, machine: Mapping[str, Any]) -> str:
    config = plan.config
    factor = schedules.SCHEDULES[config.schedule].factor
    draw = initialisers.INITIALISERS[config.init]
    normalises = any(isinstance(layer, _BatchNorm) for layer in plan.network("meta").modules())
    parts_of_epoch: list[Callable[..., Any]] = [minibatches.minibatches, minibatches.trains_on_one_image]
    changed: list[Callable[..., Any]] = [augment.AUGMENTATIONS[name] for name in config.augment]
    first = [draw] if draw else []
    copied: list[Callable[..., Any]] = [
        seeding.draw_seed,
        seeding.epoch_order,
        schedules._between,
        factor,
        *first,
        *changed,
        *(parts_of_epoch if normalises else ()),
    ]
    parts = [
        f'"""{plan.architecture}, trained as by `{plan.command().replace(chr(92), "")}`."""',
        "import hashlib\nimport math\nfrom types import SimpleNamespace\n\nimport numpy as np\nimport torch\n"
        "from torch import Generator, Tensor, nn\nfrom torch.nn import functional as F",
        _constants(plan, machine),
        *(inspect.getsource(function).replace("TrainConfig", "SimpleNamespace").strip() for function in copied),
        LOADERS.get(plan.dataset, _OURS.format(dataset=plan.dataset)).strip(),
        f"schedule = {factor.__name__}\nAUGMENT = [{', '.join(function.__name__ for function in changed)}]",
        "torch.manual_seed(SEED)\n" + _network(plan),
        _first_weights(draw.__name__ if draw else ""),
        "optimizer = " + _optimizer(config),
        (_JOINED_LOOP if normalises else _LOOP).strip(),
    ]
    return "\n\n\n".join(parts) + "\n"


def _constants(plan: RunPlan, machine: Mapping[str, Any]) -> str:
    config = plan.config
    rows = {
        "SEED": config.seed,
        "EPOCHS": config.epochs,
        "BATCH_SIZE": config.batch_size,
        "LEARNING_RATE": config.learning_rate,
        "CHANGES": list(config.learning_rate_changes),
        "LIMIT": plan.limit,
        "SIDE": config.image_size,
        "STANDARDISE": config.standardise,
        "SMOOTHING": config.label_smoothing,
        "DEVICE": machine.get("device", "cpu"),
        "BFLOAT16": machine.get("precision") == "bfloat16",
        "RISE, START, END": (schedules.RISE, schedules.START, schedules.END),
        "CROP_SHARE, COLOUR_RANGE": (augment.CROP_SHARE, augment.COLOUR_RANGE),
    }
    lines = [f"{name} = {value!r}" for name, value in rows.items()]
    memory = "channels_last" if machine.get("channels_last") else "contiguous_format"
    lines += [
        f"MEMORY = torch.{memory}",
        f"config = SimpleNamespace(step_epochs={config.step_epochs}, step_factor={config.step_factor})",
        f"torch.set_num_threads({machine.get('threads') or config.threads or 1})",
    ]
    return "\n".join(lines)


def _network(plan: RunPlan) -> str:
    if plan.definition:
        from cnnviz.definitions import from_json
        from cnnviz.definitions.source_writer import to_source

        return to_source(replace(from_json(plan.definition), input_shape=plan.input_shape)).strip()
    from cnnviz.trace import trace
    from cnnviz.trace.source import to_pytorch

    network = plan.network("meta")
    source = to_pytorch(network, trace(network, plan.input_shape))
    return source.partition("\nif __name__")[0].strip()


def _first_weights(draw: str) -> str:
    lines = ["net.to(DEVICE, memory_format=MEMORY)"]
    if draw:
        lines += [
            'torch.manual_seed(draw_seed(SEED, "init", 0))',
            "for layer in net.modules():",
            "    if isinstance(layer, (nn.Conv2d, nn.Linear)):",
            "        fresh = torch.empty(layer.weight.shape)",
            f"        {draw}(fresh)",
            "        layer.weight.data.copy_(fresh)",
        ]
    return "\n".join(lines)


def _optimizer(config: TrainConfig) -> str:
    values = json.loads(json.dumps(config.as_json()))
    return OPTIMIZERS[config.optimizer].format(**values)
