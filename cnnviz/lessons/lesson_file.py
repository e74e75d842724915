"""Read a lesson from its TOML file; a broken file is refused with its name and the line."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from cnnviz.lessons.lesson import PICTURES, SUPPORTS, Item, Lesson, LessonStep, Words
from cnnviz.lessons.questions.table import GENERATORS
from cnnviz.text import LANGUAGES

_TOP = {"place", "title", "transfer", "step", "closing", "why", "section", "links", "answers"}
_STEP = {"ask", "look", "picture", "support", "saw", "contrast", "beside", "hint"}
_ITEM = {field.name for field in fields(Item)}


class LessonFileError(ValueError):
    """A broken lesson file; its text begins with the file's name and the line."""


def read_lesson(path: Path) -> Lesson:
    """Return the lesson of a file; its name is the file's.

    Raises:
        LessonFileError: text that is no TOML, a key that is missing, unknown or of another kind, an unknown question,
            or a sentence that is missing in a language.
    """
    return _LessonFile(path.name, path.read_text(encoding="utf-8")).lesson(path.stem)


class _LessonFile:
    """The text of a file, and what is read from it."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.lines = name, text.splitlines()
        try:
            self.table: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise LessonFileError(f"{name}:{line[1] if line else len(self.lines)}: {error}") from error

    def lesson(self, name: str) -> Lesson:
        table, line = self.table, self._line_of
        self._check_keys(table, _TOP, {"place", "title", "transfer", "step", "closing"}, 1, line)
        why = None
        if "why" in table:
            self._check_keys(table["why"], {"ask", "answer"}, {"ask", "answer"}, line("why"), lambda key: line("why"))
            why = (self._words(table["why"]["ask"], line("why")), self._words(table["why"]["answer"], line("why")))
        return Lesson(
            name=name,
            place=self._kind(table["place"], int, "place", line("place")),
            title=self._words(table["title"], line("title")),
            transfer=self._item(table["transfer"], line("transfer")),
            steps=tuple(self._step(step, place) for place, step in enumerate(self._list(table, "step"))),
            closing=tuple(self._words(words, line("closing")) for words in self._list(table, "closing")),
            why=why,
            section=self._kind(table.get("section", ""), str, "section", line("section")),
            links=tuple(self._kind(one, str, "links", line("links")) for one in table.get("links", ())),
            answers=tuple(self._kind(one, str, "answers", line("answers")) for one in table.get("answers", ())),
        )

    def _step(self, table: dict[str, Any], place: int) -> LessonStep:
        def line(key: str) -> int:
            return self._line_of(key, place)

        self._check_keys(table, _STEP, {"ask", "look"}, line(""), line)
        for key, choices in (("picture", PICTURES), ("support", SUPPORTS)):
            if key in table and table[key] not in choices:
                self._fail(line(key), f"{key} is one of {', '.join(choices)}, but got {table[key]!r}")
        sentences = {key: self._words(table[key], line(key)) for key in ("look", "contrast", "hint") if key in table}
        return LessonStep(
            item=self._item(table["ask"], line("ask")),
            picture=table.get("picture", "maps"),
            support=table.get("support", "alone"),
            saw=tuple(self._words(words, line("saw")) for words in table.get("saw", ())),
            beside=self._kind(table.get("beside", ""), str, "beside", line("beside")),
            **sentences,
        )

    def _item(self, table: Any, line: int) -> Item:
        self._check_keys(table, _ITEM, {"question", "network"}, line, lambda key: line)
        for key, value in table.items():
            self._kind(value, int if key == "image" else str, key, line)
        if table["question"] not in GENERATORS:
            self._fail(line, f"no question is called {table['question']!r}")
        return Item(**table)

    def _words(self, table: Any, line: int) -> Words:
        if not isinstance(table, dict) or set(table) != set(LANGUAGES):
            self._fail(line, f"a sentence stands in {', '.join(LANGUAGES)}, but got {table!r}")
        for language, sentence in table.items():
            if not isinstance(sentence, str) or not sentence.strip():
                self._fail(line, f"nothing is said in {language}")
        return dict(table)

    def _list(self, table: dict[str, Any], key: str) -> list[Any]:
        if not isinstance(table[key], list) or not table[key]:
            self._fail(self._line_of(key), f"{key} is a list with at least one entry")
        return table[key]

    def _kind(self, value: Any, kind: type, key: str, line: int) -> Any:
        if type(value) is not kind:
            self._fail(line, f"{key} is {'a number' if kind is int else 'a text'}, but got {value!r}")
        return value

    def _check_keys(self, table: Any, known: set[str], needed: set[str], line: int, line_of: Any) -> None:
        if not isinstance(table, dict):
            self._fail(line, f"a table was expected, but got {table!r}")
        for key in table:
            if key not in known:
                self._fail(line_of(key), f"there is no key {key!r}; known: {', '.join(sorted(known))}")
        for key in sorted(needed - set(table)):
            self._fail(line, f"the key {key!r} is missing")

    def _line_of(self, key: str, step: int | None = None) -> int:
        """Return the line of a key, of the step at a place where one is given; "" for the head of that step."""
        heads = [number for number, line in enumerate(self.lines, 1) if line.strip() == "[[step]]"]
        if step is not None and step < len(heads):
            first, last = heads[step], (heads[step + 1] if step + 1 < len(heads) else len(self.lines) + 1)
        else:
            first, last = 1, len(self.lines) + 1
        pattern = re.compile(rf"\s*\[*{re.escape(key)}\b")
        found = (number for number in range(first, last) if key and pattern.match(self.lines[number - 1]))
        return next(found, first)

    def _fail(self, line: int, message: str) -> None:
        raise LessonFileError(f"{self.name}:{line}: {message}")
