"""The limits of a pasted text, checked on its characters before Python's parser sees it, and on its tree afterwards."""

import ast
import re
from itertools import pairwise

from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.errors import UserError

LONGEST_SOURCE = 40_000
"""Characters."""
DEEPEST_BRACKETS = 50
MOST_OPERATORS = 100
"""In one part of an expression: a chain of operators is as deep a tree as brackets."""
MOST_TREE_NODES = 20_000
DEEPEST_TREE = 150
LONGEST_NUMBER = 30
DEEPEST_INDENT = 100

_TOKEN = re.compile(
    r"""(?P<string>[rbuf]{0,3}(?:'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)
    |'(?:[^'\\\n]|\\.)*(?:'|$)|"(?:[^"\\\n]|\\.)*(?:"|$)))
    |(?P<comment>\#[^\n]*)
    |(?P<number>\d[\w.]*)
    |(?P<operatorword>\b(?:not|if|else|and|or|in|is|lambda|await|yield|for|async)\b)
    |(?P<name>\w+)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<continued>\\\n)
    |(?P<line>\n)
    |(?P<part>[,:;])
    |(?P<operator>[^\s\w])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


_MARKS = re.compile(r"[^\s\w'\"]|\bnot\b|\bif\b|\blambda\b")


def parse_source(source: str) -> ast.Module:
    """Return the syntax tree of a text; no code is made of it.

    Raises:
        UserError: `source_long`, `source_nested`, `source_number`, `source_large` or `source_syntax`.
    """
    if len(source) > LONGEST_SOURCE:
        raise UserError("source_long", got=len(source), most=LONGEST_SOURCE)
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    starts = _scan(source)
    tree = ast.Module(body=[], type_ignores=[])
    for start, end in pairwise([*starts, len(source)]):
        tree.body += _parse_statement(source[start:end], source.count("\n", 0, start))
    _check_tree(tree)
    return tree


def _parse_statement(text: str, before: int) -> list[ast.stmt]:
    """Return the tree of one statement at the top of a text; `before` it are so many lines.

    A whole text is not parsed at once: for the line of an error Python would then open a file of the parser's name.
    """
    try:
        tree = ast.parse(f"{text.rstrip()}\n\n", mode="single")
    except SyntaxError as error:
        line = min(error.lineno or 1, text.rstrip().count("\n") + 1) + before
        raise SourceError("source_syntax", (line, max(1, error.offset or 1))) from error
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        raise SourceError("source_syntax", (before + 1, 1)) from error
    if before:
        for statement in tree.body:
            ast.increment_lineno(statement, before)
    return list(tree.body)


def _scan(source: str) -> list[int]:
    """Count brackets, operators and digits without parsing; return where each statement at the top begins."""
    counts, starts, decorated = [0], [], False
    first = _FIRST_WORD.match(source)
    if first is not None:
        starts.append(0)
        decorated = first[0] == "@"
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "open":
            counts.append(0)
            if len(counts) > DEEPEST_BRACKETS:
                raise SourceError("source_nested", _place(source, token.start()), most=DEEPEST_BRACKETS)
        elif kind == "close":
            if len(counts) > 1:
                counts.pop()
            counts[-1] += 1
        elif kind == "part" or (kind == "line" and len(counts) == 1):
            counts[-1] = 0
        elif kind in ("operator", "operatorword"):
            counts[-1] += 1
        elif kind == "string":
            prefix = token[0][: token[0].find(token[0][-1])].lower() if token[0] else ""
            inside = len(_MARKS.findall(token[0])) if "f" in prefix else 0
            counts[-1] += 1 + inside
        elif kind == "number" and len(token[0]) > LONGEST_NUMBER:
            raise SourceError("source_number", _place(source, token.start()), got=token[0][:LONGEST_NUMBER] + "…")
        if kind == "line" and len(counts) == 1:
            first = _FIRST_WORD.match(source, token.end())
            if first is not None:
                if not decorated and first[0] not in _GOES_ON:
                    starts.append(token.end())
                decorated = first[0] == "@"
        if counts[-1] > MOST_OPERATORS:
            raise SourceError("source_nested", _place(source, token.start()), most=MOST_OPERATORS)
    return starts


_FIRST_WORD = re.compile(r"\w+|[^\s\w#]")
_GOES_ON = frozenset({"else", "elif", "except", "finally"})
"""Words that continue the statement before."""


def _place(source: str, at: int) -> tuple[int, int]:
    return source.count("\n", 0, at) + 1, at - (source.rfind("\n", 0, at) + 1) + 1


def _check_tree(tree: ast.Module) -> None:
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > DEEPEST_TREE:
            raise SourceError("source_nested", node, most=DEEPEST_TREE)
        if count > MOST_TREE_NODES:
            raise SourceError("source_large", node, most=MOST_TREE_NODES)
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
