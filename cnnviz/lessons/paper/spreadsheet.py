"""The worksheet of one real number as a spreadsheet whose products and sums are live formulas."""

from io import BytesIO
from math import fsum

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from cnnviz.lessons.paper.number_sheet import ChannelBlock, NumberSheet
from cnnviz.text import load

_FIRST_ROW = 4
_MARGIN = 1
"""Empty columns and rows between two tables."""


def to_xlsx(sheet: NumberSheet, language: str) -> bytes:
    """Return the spreadsheet: windows and kernels as numbers, every product, sum and the comparison as a formula.

    Each formula is stored with its result, so that a program that does not calculate shows it too.
    """
    t = load("handout", language)
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet(t("sheet.tab"))
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "0.0000"})
        given = book.add_format({"num_format": "0.0000", "bg_color": "#F0F0F0", "border": 1})
        result = book.add_format({"num_format": "0.000000", "bold": True, "top": 1})
        page.write_string(0, 0, t("sheet.title", layer=sheet.layer, network=sheet.network), bold)
        channel, row, column = sheet.unit
        page.write_string(1, 0, t("sheet.unit", channel=channel, row=row, column=column))
        width = len(sheet.blocks[0].window[0])
        starts = [1 + place * (width + _MARGIN) for place in range(3)]
        for start, name in zip(starts, ("window", "kernel", "products"), strict=True):
            page.write_string(_FIRST_ROW - 1, start, t(f"sheet.{name}"), bold)
        total_column = starts[2] + width + _MARGIN
        page.write_string(_FIRST_ROW - 1, total_column, t("sheet.sum"), bold)
        top, sums = _FIRST_ROW, []
        for block in sheet.blocks:
            page.write_string(top, 0, t("sheet.channel", channel=block.channel))
            sums.append(_write_block(page, block, top, starts, total_column, given, number))
            top += len(block.window) + _MARGIN
        parts = [fsum(sum(block.products, ())) for block in sheet.blocks]
        for label, formula, value in _results(sheet, sums, fsum(parts), xl_rowcol_to_cell(top, total_column)):
            page.write_string(top, starts[2], t(f"sheet.{label}"), bold)
            if formula is None:
                page.write_number(top, total_column, value, given)
            else:
                page.write_formula(top, total_column, formula, result, value)
            top += 1
        page.set_column(0, 0, 14)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
    return file.getvalue()


def _write_block(
    page: Worksheet, block: ChannelBlock, top: int, starts: list[int], total: int, given: object, number: object
) -> str:
    """Write window, kernel, products and their sum; return the sum's cell."""
    for y, lines in enumerate(zip(block.window, block.kernel, block.products, strict=True)):
        for x, (value, weight, product) in enumerate(zip(*lines, strict=True)):
            page.write_number(top + y, starts[0] + x, value, given)
            page.write_number(top + y, starts[1] + x, weight, given)
            cells = (xl_rowcol_to_cell(top + y, start + x) for start in starts[:2])
            page.write_formula(top + y, starts[2] + x, f"={'*'.join(cells)}", number, product)
    last = top + len(block.window) - 1
    area = xl_range(top, starts[2], last, starts[2] + len(block.window[0]) - 1)
    page.write_formula(last, total, f"=SUM({area})", number, fsum(sum(block.products, ())))
    return str(xl_rowcol_to_cell(last, total))


def _results(sheet: NumberSheet, sums: list[str], parts: float, first: str) -> list[tuple[str, str | None, float]]:
    """Return the last lines from cell `first` down: name in the texts, formula or None for a given number, value."""
    column, row = first.rstrip("0123456789"), int(first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    bias = sheet.bias or 0.0
    return [
        ("all", f"={'+'.join(sums)}", parts),
        ("bias", None, bias),
        ("result", f"={column}{row}+{column}{row + 1}", parts + bias),
        ("own", None, sheet.value),
        ("difference", f"=ABS({column}{row + 2}-{column}{row + 3})", abs(parts + bias - sheet.value)),
    ]
