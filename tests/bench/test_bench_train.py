import pytest

from cnnviz import zoo
from cnnviz.bench import train as bench
from cnnviz.bench.train_ours import flops_per_image
from cnnviz.errors import Refusal
from cnnviz.text import LANGUAGES


@pytest.mark.parametrize("case", bench.CASES.values(), ids=lambda case: case.name)
def test_every_row_has_one_recipe_of_the_course_with_plain_sgd_at_the_size_in_its_name(case):
    recipes = [recipe for recipe in zoo.architecture(case.architecture).recipes
               if recipe.optimizer == "sgd" and dict(recipe.options or {}) == case.options]
    assert [recipe.image_size for recipe in recipes] == [int(case.name.rpartition("-")[2])]


@pytest.mark.parametrize("python", ["", "/no/such/python"])
def test_without_the_courses_environment_it_says_what_to_set(python, monkeypatch):
    monkeypatch.setenv("CNNVIZ_D2L_PYTHON", python)
    with pytest.raises(Refusal, match="CNNVIZ_D2L_PYTHON") as refused:
        next(bench.run())
    assert all("d2l" in refused.value.say(language) for language in LANGUAGES)


def test_work_per_image_is_three_forward_passes_less_the_first_layers_input_gradient():
    task = {"architecture": "lenet", "options": {}, "image_size": 28}
    # 416,520 multiply-adds forward, of which the first convolution's 117,600 need no gradient of the image
    assert flops_per_image(task) == 2 * (3 * 416_520 - 117_600)
