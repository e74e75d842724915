"""What Captum's rules for the backward pass need of a network: changes to the modules of a method's own copy."""

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
    """Within it a rectifier called as a function, where no rule of a module reaches it, is refused."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self.in_rule = False
        """Inside a module that follows a rule."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in FUNCTIONAL_RELU and not self.in_rule:
            raise UserError("attribution_functional_relu", method=self._method, function=function.__name__)
        return function(*args, **(kwargs or {}))


def clone_inputs(network: nn.Module, kind: type[nn.Module], guard: FunctionalReluGuard) -> None:
    """Make every module of this kind read a copy of its input, before Captum hooks it."""

    def begin(module: nn.Module, given: tuple[Tensor, ...]) -> Tensor:
        guard.in_rule = True
        return given[0].clone()

    def end(module: nn.Module, given: object, output: object) -> None:
        guard.in_rule = False

    for module in network.modules():
        if isinstance(module, kind):
            module.register_forward_pre_hook(begin)
            module.register_forward_hook(end)


class _ModuleWithRule(nn.Module):
    """A module in the place of another, which gives the same and has other gradients."""

    def __init__(self, of: nn.Module, rule: BackwardRule, guard: FunctionalReluGuard) -> None:
        super().__init__()
        self._call = lambda x: rule(of, x)  # hidden from the list of modules
        self._guard = guard

    def forward(self, x: Tensor) -> Tensor:
        """What the replaced module gives."""
        self._guard.in_rule = True
        try:
            return self._call(x)
        finally:
            self._guard.in_rule = False


def replace_modules(network: nn.Module, rules: Mapping[nn.Module, BackwardRule], guard: FunctionalReluGuard) -> None:
    """Put a module with other gradients in every place of these modules, in a network of one's own."""
    for parent in list(network.modules()):
        for name, child in list(parent._modules.items()):
            if child is not None and child in rules:
                parent._modules[name] = _ModuleWithRule(child, rules[child], guard)
