"""Text from outside, made safe for places that read Markdown."""

import re

from cnnviz.errors import UserError
from cnnviz.text.printable import escape_hidden
from cnnviz.ui.core.server_paths import without_folders

_SYNTAX = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_REPLACED = re.compile(
    r"(?<=:)(?=//|[\w+/-]+:)"  # https://… and :smile:
    r"|(?<=www)(?=\.)|(?=@)"  # www.… and name@host
    r"|(?<=[<>~-])(?=[=>-](?:\s|$))",  # -> and >=
    re.IGNORECASE,
)
"""Where Streamlit and GitHub's Markdown replace what is no syntax of theirs, escaped or not; a word joiner, which
shows nothing, breaks it."""


def escape_markdown(text: str) -> str:
    """Return `text` from a link, a file or a name as Markdown that shows it letter by letter."""
    return _SYNTAX.sub(r"\\\1", _REPLACED.sub("\u2060", escape_hidden(text)))


def error_markdown(error: UserError, language: str) -> str:
    """Return the sentence of `error` as such Markdown; an address of ours in it, its `url`, stays a link."""
    url = str(error.values.get("url", ""))
    said = without_folders(error).describe(language)
    return url.join(map(escape_markdown, said.split(url))) if url else escape_markdown(said)
