"""`lesson`: a lesson on paper, as one HTML file to print, and one real number of it as a spreadsheet."""

from argparse import ArgumentParser, Namespace

from cnnviz.cli.output import print_line
from cnnviz.errors import UserError
from cnnviz.paths import user_path
from cnnviz.text import Text

LARGEST_ITEM = 9999
"""As on the page of lessons."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the lesson's name, `--html`, `--xlsx` and `--item`."""
    parser.add_argument("lesson", nargs="?")
    parser.add_argument("--html")
    parser.add_argument("--xlsx")
    parser.add_argument("--item", default="0")


def run(arguments: Namespace, t: Text) -> None:
    """Write the handout, the spreadsheet, or both, in the language of the command line.

    Raises:
        UserError: a word that is missing, an unknown lesson, or a file that cannot be written.
    """
    from cnnviz.lessons.paper.handout import to_html
    from cnnviz.lessons.paper.number_sheet import lesson_sheet
    from cnnviz.lessons.paper.spreadsheet import to_xlsx
    from cnnviz.lessons.table import find_lesson, lessons
    from cnnviz.options import Whole

    if arguments.lesson is None:
        raise UserError("lesson_missing", known=[*lessons()])
    lesson = find_lesson(arguments.lesson)
    if arguments.html is None and arguments.xlsx is None:
        help_call = "python -m cnnviz lesson --help"
        raise UserError("argument_missing", command="lesson", argument="--html FILE.html", help=help_call)
    if arguments.html is not None:
        seed = Whole(0, LARGEST_ITEM).parse(arguments.item, "--item")
        _write(arguments.html, to_html(lesson, t.language, seed).encode("utf-8"), t)
    if arguments.xlsx is not None:
        sheet = lesson_sheet(lesson)
        if sheet is None:
            raise UserError("lesson_no_sheet", lesson=lesson.name)
        _write(arguments.xlsx, to_xlsx(sheet, t.language), t)


def _write(path: str, data: bytes, t: Text) -> None:
    out = user_path(path)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UserError("output_unwritable", why=error.strerror or error) from error
    print_line(t("lesson.said", out=out))
