"""The methods in the order of menus; pages, command line and tests all loop over this table."""

from types import MappingProxyType

from cnnviz.attribution.base import Method
from cnnviz.attribution.methods.ablation import FEATURE_ABLATION, KERNEL_SHAP
from cnnviz.attribution.methods.cam import GRAD_CAM, GUIDED_GRAD_CAM, HIRESCAM
from cnnviz.attribution.methods.conductance import CONDUCTANCE
from cnnviz.attribution.methods.deeplift import DEEPLIFT, DEEPLIFT_SHAP
from cnnviz.attribution.methods.gradients import GRADIENT, INPUT_X_GRADIENT, SMOOTHGRAD
from cnnviz.attribution.methods.guided_backprop import DECONVOLUTION, GUIDED_BACKPROP
from cnnviz.attribution.methods.integrated_gradients import GRADIENT_SHAP, INTEGRATED_GRADIENTS
from cnnviz.attribution.methods.neuron_gradient import NEURON_GRADIENT
from cnnviz.attribution.methods.occlusion import OCCLUSION
from cnnviz.errors import UserError

METHODS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            GRADIENT,
            INPUT_X_GRADIENT,
            SMOOTHGRAD,
            INTEGRATED_GRADIENTS,
            GRADIENT_SHAP,
            DEEPLIFT,
            DEEPLIFT_SHAP,
            GUIDED_BACKPROP,
            DECONVOLUTION,
            GRAD_CAM,
            GUIDED_GRAD_CAM,
            HIRESCAM,
            OCCLUSION,
            FEATURE_ABLATION,
            KERNEL_SHAP,
            CONDUCTANCE,
            NEURON_GRADIENT,
        )
    }
)


def find_method(name: str) -> Method:
    """Return the method called `name`.

    Raises:
        UserError: `attribution_method`.
    """
    if name not in METHODS:
        raise UserError("attribution_method", name=name, known=[*METHODS])
    return METHODS[name]
