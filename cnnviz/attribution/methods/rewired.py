"""Networks whose backward pass follows other rules: modules replaced in a method's own copy."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnviz.attribution.question import Question
from cnnviz.errors import Refusal

FUNCTIONAL_RELU = frozenset(
    (
        F.relu,
        F.relu_,
        torch.relu,
        torch.relu_,
        Tensor.relu,
        Tensor.relu_,
        F.threshold,
        torch.clamp,
        torch.clamp_min,
        Tensor.clamp,
        Tensor.clamp_,
        Tensor.clamp_min,
    )
)


Rule = Callable[[nn.Module, Tensor], Tensor]


class Watch(TorchFunctionMode):
    """Inside: a rectifier called as a function, where no rule of a module reaches it, is refused."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self.replaced = 0
        """Modules that follow a rule."""
        self.in_rule = False

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in FUNCTIONAL_RELU and not self.in_rule:
            raise Refusal("attribution_functional_relu", method=self._method, function=function.__name__)
        return function(*args, **(kwargs or {}))

    def slopes(self, question: Question, images: Tensor) -> Tensor:
        """The ruled ∂f/∂x of the first image, in the shape of `images`."""
        with torch.enable_grad():
            watched = images.detach().clone().requires_grad_()
            with self:
                values = question(watched)
            (slopes,) = torch.autograd.grad(values[0], watched)
        return slopes


class _Ruled(nn.Module):
    """A module in the place of another, which gives the same and has other gradients."""

    def __init__(self, of: nn.Module, rule: Rule, watch: Watch) -> None:
        super().__init__()
        self._call = lambda x: rule(of, x)  # hidden from the list of modules
        self._watch = watch

    def forward(self, x: Tensor) -> Tensor:
        """What the replaced module gives."""
        self._watch.in_rule = True
        try:
            return self._call(x)
        finally:
            self._watch.in_rule = False


def rewire(network: nn.Module, method: str, rules: Mapping[type[nn.Module], Rule]) -> Watch:
    """Replaces every module of exactly these types, reused ones too, in a network of one's own."""
    watch, replaced = Watch(method), set()
    for parent in list(network.modules()):
        for name, child in list(parent._modules.items()):
            if child is not None and type(child) in rules:
                parent._modules[name] = _Ruled(child, rules[type(child)], watch)
                replaced.add(id(child))
    watch.replaced = len(replaced)
    return watch
