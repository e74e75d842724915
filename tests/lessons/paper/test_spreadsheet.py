"""The spreadsheet of one real number: its formulas, worked out again from the file alone, give torch's value."""

import re
import shutil
import subprocess
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import torch

from cnnviz.lessons.lesson_network import lesson_model
from cnnviz.lessons.paper.number_sheet import MOST_PRODUCTS, NumberSheet, fits_a_page, lesson_sheet, number_sheet
from cnnviz.lessons.paper.spreadsheet import to_xlsx
from cnnviz.lessons.questions import TracedNetwork
from cnnviz.lessons.table import lessons
from cnnviz.text import LANGUAGES
from tests.lessons.questions.networks import trained

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


class Cells:
    """The cells of a file's only sheet: numbers as they stand, formulas computed from them and never read."""

    def __init__(self, file: bytes) -> None:
        with ZipFile(BytesIO(file)) as archive:
            root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        self.numbers: dict[str, float] = {}
        self.formulas: dict[str, str] = {}
        self.stored: dict[str, float] = {}
        for cell in root.iter(f"{MAIN}c"):
            formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
            if value is None or value.text is None or cell.get("t") == "s":
                continue
            if formula is not None and formula.text is not None:
                self.formulas[cell.attrib["r"]] = formula.text
                self.stored[cell.attrib["r"]] = float(value.text)
            else:
                self.numbers[cell.attrib["r"]] = float(value.text)

    def value(self, name: str) -> float:
        """A cell's value: products, sums and differences of other cells, `SUM` of a range and `ABS`."""
        if name in self.numbers:
            return self.numbers[name]
        return float(eval(self._as_python(self.formulas[name]), {"SUM": sum, "ABS": abs}))

    def _as_python(self, formula: str) -> str:
        return CELL.sub(lambda found: repr(self._span(*found.groups())), formula)

    def _span(self, left: str, top: str, right: str | None, bottom: str | None) -> float | list[float]:
        if right is None or bottom is None:
            return self.value(f"{left}{top}")
        names = [chr(code) for code in range(ord(left), ord(right) + 1)]
        return [self.value(f"{name}{row}") for row in range(int(top), int(bottom) + 1) for name in names]


def torch_value(sheet: NumberSheet, network: TracedNetwork) -> float:
    """The unit's value by the layer itself, on what it read."""
    walk = network.activations
    assert walk is not None
    module = walk.module(sheet.layer)
    assert isinstance(module, torch.nn.Conv2d)
    channel, row, column = sheet.unit
    with torch.no_grad():
        return float(deepcopy(module).double()(walk.inputs(sheet.layer)[0].double())[0, channel, row, column])


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_the_formulas_end_in_the_network_s_own_value(layer: str) -> None:
    network = trained("lenet-digits")
    sheet = number_sheet(network, layer)
    cells = Cells(to_xlsx(sheet, "en"))
    *_, result, difference = cells.formulas
    products = sum(len(line) for block in sheet.blocks for line in block.window)
    assert len(cells.formulas) == products + len(sheet.blocks) + 3
    assert len(cells.numbers) == 2 * products + 2
    assert cells.value(result) == pytest.approx(torch_value(sheet, network), abs=1e-6)
    assert cells.value(result) == pytest.approx(sheet.value, abs=1e-5)
    assert cells.value(difference) < 1e-5


def test_a_program_that_does_not_calculate_shows_the_same_values() -> None:
    cells = Cells(to_xlsx(number_sheet(trained("lenet-max-digits"), "conv2"), "zh-Hans"))
    for name, stored in cells.stored.items():
        assert cells.value(name) == pytest.approx(stored, abs=1e-12)


def without_results(file: bytes) -> bytes:
    """A file whose formulas have no stored values: a program that opens it has to calculate them."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as archive, ZipFile(made, "w") as emptied:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            emptied.writestr(name, content)
    return made.getvalue()


def calculated_by_libreoffice(files: dict[str, bytes], folder: Path) -> dict[str, dict[str, float]]:
    """The values of the formulas of each file, by its name, as LibreOffice Calc works them out."""
    for name, file in files.items():
        (folder / f"{name}.xlsx").write_bytes(file)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    given = [str(folder / f"{name}.xlsx") for name in files]
    subprocess.run([*command, "--outdir", str(folder / "out"), *given], check=True, timeout=200, capture_output=True)
    return {name: Cells((folder / "out" / f"{name}.xlsx").read_bytes()).stored for name in files}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice Calc")
def test_libreoffice_calculates_the_values_of_torch_and_of_every_lesson(tmp_path: Path) -> None:
    expected, files = {}, {}
    for name in ("lenet-digits", "lenet-max-digits", "vgg-digits", "nin-digits"):
        network = trained(name)
        record = next(row for row in network.trace.layers if fits_a_page(row))
        sheet = number_sheet(network, record.name)
        files[name], expected[name] = to_xlsx(sheet, "en"), (torch_value(sheet, network), 1e-6)
    for lesson in lessons().values():
        known = lesson_sheet(lesson)
        assert known is not None, lesson.name
        files[lesson.name], expected[lesson.name] = to_xlsx(known, "zh-Hant"), (known.value, 1e-5)
    emptied = {name: without_results(file) for name, file in files.items()}
    assert not any(Cells(file).stored for file in emptied.values())
    for name, calculated in calculated_by_libreoffice(emptied, tmp_path).items():
        *_, result, difference = calculated
        value, allowed = expected[name]
        assert calculated[result] == pytest.approx(value, abs=allowed), name
        assert calculated[difference] < 1e-5, name


def test_every_lesson_has_a_number_that_fits_a_page() -> None:
    for lesson in lessons().values():
        sheet = lesson_sheet(lesson)
        assert sheet is not None, lesson.name
        assert sum(len(line) for block in sheet.blocks for line in block.window) <= MOST_PRODUCTS
        assert all(len(to_xlsx(sheet, language)) > 4000 for language in LANGUAGES)
        assert any(lesson_model(step.item.network).source.is_trained for step in lesson.steps)
