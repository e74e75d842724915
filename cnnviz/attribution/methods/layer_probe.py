"""A hook on one layer that checks whether Captum can give a map of it."""

from torch import Tensor, nn

from cnnviz.attribution.base import MethodInput
from cnnviz.attribution.layers import check_layer_map
from cnnviz.errors import UserError


class LayerProbe:
    """A context that keeps the layer's last output and, at its end, raises if Captum cannot give a map of the layer.

    Captum keeps only the last of several calls, without a warning.

    Raises:
        UserError: `attribution_layer_silent`, `attribution_layer_reused`, and with `places` what `check_map` refuses.
    """

    def __init__(self, inputs: MethodInput, places: bool = True) -> None:
        self._question, self._name, self.module = inputs.f, inputs.layer, inputs.layer_module
        self._places = places
        self._passes = self._calls = self._most = 0
        self._output: Tensor | None = None

    def __enter__(self) -> "LayerProbe":
        self._handle = self.module.register_forward_hook(self._look)
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._handle.remove()
        if kind is None or issubclass(kind, AssertionError):  # Captum's own where the layer gave nothing
            self.check()

    @property
    def output(self) -> Tensor:
        """Return the output of the last pass, (N, …)."""
        assert self._output is not None
        return self._output

    def check(self) -> None:
        """Raise if the passes so far show that the layer has no map."""
        if self._output is None:
            raise UserError("attribution_layer_silent", layer=self._name)
        if self._most > 1:
            raise UserError("attribution_layer_reused", layer=self._name, calls=self._most)
        if self._places:
            check_layer_map(self._name, tuple(self._output.shape[1:]))

    def _look(self, module: nn.Module, inputs: object, output: object) -> None:
        if not isinstance(output, Tensor):
            return
        if self._passes != self._question.forward_passes:
            self._passes, self._calls = self._question.forward_passes, 0
        self._calls += 1
        self._most = max(self._most, self._calls)
        self._output = output.detach()


LAYER = "model.get_submodule({layer!r})"
"""The layer in exported Python."""
UNUSED_IS_ZERO = {"materialize_grads": True}
"""For `grad_kwargs`: the gradient at a layer that the target does not depend on is 0."""
