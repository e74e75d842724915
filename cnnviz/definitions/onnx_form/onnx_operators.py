"""The table of ONNX operators that are read."""

from collections.abc import Mapping
from types import MappingProxyType

from cnnviz.definitions.onnx_form import functions as one_of
from cnnviz.definitions.onnx_form import layers
from cnnviz.definitions.onnx_form.functions import Read
from cnnviz.definitions.onnx_form.resizing import resized

ONNX_OPERATORS: Mapping[str, Read] = MappingProxyType(
    {
        "Conv": layers.convolution,
        "ConvTranspose": layers.transposed_convolution,
        "Gemm": layers.dense,
        "MatMul": layers.product,
        "BatchNormalization": layers.batch_normalization,
        "InstanceNormalization": layers.instance_normalization,
        "PRelu": layers.prelu,
        "Add": one_of.paired("add"),
        "Sub": one_of.paired("sub"),
        "Mul": one_of.paired("mul"),
        "Div": one_of.paired("div"),
        "Pow": one_of.paired("pow"),
        "Sum": one_of.folded("add"),
        "Max": one_of.folded("maximum"),
        "Min": one_of.folded("minimum"),
        "Relu": one_of.one("relu"),
        "Sigmoid": one_of.one("sigmoid"),
        "Tanh": one_of.one("tanh"),
        "Exp": one_of.one("exp"),
        "Log": one_of.one("log"),
        "Sqrt": one_of.one("sqrt"),
        "Abs": one_of.one("abs"),
        "Neg": one_of.one("neg"),
        "Erf": one_of.one("erf"),
        "Sin": one_of.one("sin"),
        "Cos": one_of.one("cos"),
        "HardSwish": one_of.one("hardswish"),
        "Selu": one_of.one("selu"),
        "Mish": one_of.one("mish"),
        "Softsign": one_of.one("softsign"),
        "Softplus": one_of.one("softplus"),
        "LeakyRelu": one_of.with_numbers("leaky_relu", negative_slope=("alpha", 0.01)),
        "Elu": one_of.with_numbers("elu", alpha=("alpha", 1.0)),
        "Celu": one_of.with_numbers("celu", alpha=("alpha", 1.0)),
        "HardSigmoid": one_of.hard_sigmoid,
        "Gelu": one_of.gelu,
        "Clip": one_of.clipped,
        "MaxPool": one_of.pooled("max_pool2d"),
        "AveragePool": one_of.pooled("avg_pool2d"),
        "GlobalMaxPool": one_of.all_pooled("adaptive_max_pool2d"),
        "GlobalAveragePool": one_of.all_pooled("adaptive_avg_pool2d"),
        "LRN": one_of.response_norm,
        "Concat": one_of.joined,
        "Flatten": one_of.flattened,
        "Reshape": one_of.reshaped,
        "Transpose": one_of.transposed,
        "Softmax": one_of.along("softmax"),
        "LogSoftmax": one_of.along("log_softmax"),
        "Squeeze": one_of.one_axis("squeeze"),
        "Unsqueeze": one_of.one_axis("unsqueeze"),
        "ReduceMean": one_of.reduced("mean"),
        "ReduceSum": one_of.reduced("sum"),
        "ReduceMax": one_of.reduced("amax"),
        "ReduceMin": one_of.reduced("amin"),
        "Pad": one_of.padded,
        "Resize": resized,
        "DepthToSpace": one_of.shuffled,
        "Dropout": one_of.dropped,
        "Identity": one_of.same,
    }
)
"""By name; `Constant` is read with the graph."""
