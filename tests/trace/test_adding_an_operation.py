"""CONTRIBUTING's "Add a layer kind", done with `nn.GLU` in a copy of the project."""

from pathlib import Path

from tests.project_copy import ProjectCopy

EXPLAINER = '''"""A value of a gated linear unit: one half of the channels times the sigmoid of the other."""

import math

from cnnviz.trace.explain.explanation import Explanation, Index, SentenceKey, Summand
from cnnviz.trace.explain.layer_call import LayerCall


def explain_glu(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value a · σ(b)."""
    gate = (index[0] + call.output.shape[0], *index[1:])
    a, b = call.read(0, index), call.read(0, gate)
    sigmoid = 1 / (1 + math.exp(-b))
    term = Summand(SentenceKey("term.product"), a * sigmoid, call.cell(0, index), a, sigmoid)
    return call.explained(index, SentenceKey("how.multiply"), (term,), f"{a} × {sigmoid}")
'''
ROW = """    OperationKind(
        name="glu", family="activation", symbol=None, words="GLU", joins=False,
        modules={nn.GLU: module.attributes("dim")},
        functions=_functions(["glu"], ("input", "dim"), function.named("dim")),
        field=layout_fields.across_channels, reach=None, macs=None, arithmetic=None, explain=explain_glu,
    ),
"""
WORDS = """
[GLU.name]
en      = "Gated linear unit"
zh-Hans = "门控线性单元"
zh-Hant = "門控線性單元"
[GLU.what]
en      = "One half of the channels times the sigmoid of the other half."
zh-Hans = "一半通道乘以另一半通道的 sigmoid。"
zh-Hant = "一半通道乘以另一半通道的 sigmoid。"
"""
SCRIPT = """
import torch
from torch import nn
from cnnviz.figures.layer_words import kind_description, kind_name
from cnnviz.text import load
from cnnviz.trace import LazyActivations, trace
from cnnviz.trace.explain import explain
from cnnviz.ui.components.diagram.diagram_facts import diagram_facts

model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.GLU(dim=1), nn.Flatten(), nn.Linear(2 * 36, 2))
facts = trace(model, (1, 8, 8))
row = facts.layers[1]
print(row.operation, row.family, row.receptive_field.size)
print(kind_name(row, load("kinds", "en")), "|", kind_description(row, load("kinds", "en")))
print(diagram_facts(facts, "en")["rows"][1]["letter"])
activations = LazyActivations(model, facts, torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)))
told = explain(activations, row.name, (1, 2, 3))
print(abs(told.total - told.value) < 1e-6)
print(facts.uncounted)
"""


def test_a_layer_kind_is_added_by_one_row_its_functions_and_its_words(tmp_path: Path) -> None:
    project = ProjectCopy(tmp_path)
    project.write("cnnviz/trace/explain/glu.py", EXPLAINER)
    project.insert(
        "cnnviz/trace/operations.py",
        "from cnnviz.trace.explain.joins import",
        "from cnnviz.trace.explain.glu import explain_glu\n",
    )
    project.insert("cnnviz/trace/operations.py", ")\n# fmt: on\n", ROW)
    project.append("cnnviz/text/kinds.toml", WORDS)
    assert project.run("-c", SCRIPT).splitlines() == [
        "glu activation (3, 3)",
        "Gated linear unit | One half of the channels times the sigmoid of the other half.",
        "A",
        "True",
        "()",
    ]
