"""Questions with one right value and wrong ones that named procedures give, from any traced network.

>>> from cnnviz.lessons.questions import TracedNetwork, check, generate
>>> from cnnviz.models import ModelSpec
>>> lenet = TracedNetwork("LeNet", ModelSpec.of("lenet").trace())
>>> question = generate("convolution-parameters", lenet, seed=3)
>>> question.facts["layer"], question.right
('conv2', 2416)
>>> feedback = check(question, 416)
>>> feedback.misconception
'kernel_depth_forgotten'
"""

from cnnviz.lessons.questions.feedback import check as check
from cnnviz.lessons.questions.misconceptions import MISCONCEPTIONS as MISCONCEPTIONS
from cnnviz.lessons.questions.network import NotApplicable as NotApplicable
from cnnviz.lessons.questions.network import TracedNetwork as TracedNetwork
from cnnviz.lessons.questions.record import Feedback as Feedback
from cnnviz.lessons.questions.record import Question as Question
from cnnviz.lessons.questions.table import GENERATORS as GENERATORS
from cnnviz.lessons.questions.table import applicable as applicable
from cnnviz.lessons.questions.table import generate as generate
