"""Changes to a cloned network so that Captum's rules for the backward pass hold in it."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnviz.errors import UserError

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


BackwardRule = Callable[[nn.Module, Tensor], Tensor]


class FunctionalReluGuard(TorchFunctionMode):
    """A context that refuses a ReLU called as a function, which no rule of a module can reach."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self.in_rule = False
        """True while a module with a rule runs."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in FUNCTIONAL_RELU and not self.in_rule:
            raise UserError("attribution_functional_relu", method=self._method, function=function.__name__)
        return function(*args, **(kwargs or {}))


def clone_inputs(network: nn.Module, kind: type[nn.Module], guard: FunctionalReluGuard) -> None:
    """Make every module of this kind read a clone of its input, before Captum hooks it."""

    def begin(module: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
        guard.in_rule = True
        return inputs[0].clone()

    def end(module: nn.Module, inputs: object, output: object) -> None:
        guard.in_rule = False

    for module in network.modules():
        if isinstance(module, kind):
            module.register_forward_pre_hook(begin)
            module.register_forward_hook(end)


class _ModuleWithRule(nn.Module):
    """A module with the outputs of another and the gradients of a rule."""

    def __init__(self, of: nn.Module, rule: BackwardRule, guard: FunctionalReluGuard) -> None:
        super().__init__()
        self._call = lambda x: rule(of, x)  # hidden from the list of modules
        self._guard = guard

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of the replaced module."""
        self._guard.in_rule = True
        try:
            return self._call(x)
        finally:
            self._guard.in_rule = False


def replace_modules(network: nn.Module, rules: Mapping[nn.Module, BackwardRule], guard: FunctionalReluGuard) -> None:
    """Replace modules of a cloned network by ones with the gradients of `rules`."""
    for parent in list(network.modules()):
        for name, child in list(parent._modules.items()):
            if child is not None and child in rules:
                parent._modules[name] = _ModuleWithRule(child, rules[child], guard)
