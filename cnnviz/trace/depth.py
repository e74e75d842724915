"""How deep a network is: the layers with weights on the longest way from the image to a row."""

from cnnviz.trace.record import Trace


def depth(trace: Trace) -> int:
    """Convolution and dense layers on the longest path of the DAG, as the names of networks count: ResNet-18 has 18."""
    deepest = {"input": 0}
    for layer in trace.layers:
        before = max((deepest[name] for name in layer.inputs), default=0)
        deepest[layer.name] = before + bool(layer.macs)
    return max(deepest.values())
