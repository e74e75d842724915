"""Trained models: a network, its weights from one of several sources, and what is known of both.

>>> from cnnviz.models import load_model
>>> model = load_model("lenet-digits")
>>> model.dataset.name, model.spec.num_classes
('digits', 10)
"""

from cnnviz.models.load import load_model as load_model
from cnnviz.models.model import TrainedModel as TrainedModel
from cnnviz.models.spec import ModelSpec as ModelSpec
