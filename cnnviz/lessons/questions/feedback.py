"""The feedback on a response: an explanation of the step that went wrong, with the numbers."""

from cnnviz.errors import UserError
from cnnviz.lessons.questions.forms import Response, nearest
from cnnviz.lessons.questions.record import Feedback, Question
from cnnviz.lessons.questions.sentence import Sentence


def check(question: Question, response: Response) -> Feedback:
    """Return whether `response` is right, and which step went wrong where it is the result of a known procedure.

    Raises:
        UserError: `question_response` for a response that the form does not take.
    """
    if not question.form.is_legal(response):
        raise UserError("question_response", got=str(response)[:60])
    place = nearest(question.form, response, (question.right, *(wrong.value for wrong in question.wrong)))
    if place == 0:
        return Feedback(True, None, (question.because,), question.link)
    if place is None:
        unknown = Sentence("questions/misconceptions", "unknown")
        return Feedback(False, None, (unknown, question.because), question.link)
    wrong = question.wrong[place - 1]
    return Feedback(False, wrong.misconception, (wrong.why, question.because), question.link)
