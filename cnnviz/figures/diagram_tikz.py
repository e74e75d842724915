"""The diagram of a network as a LaTeX document that draws it with TikZ."""

from __future__ import annotations

from cnnviz.figures.diagram_layout import HEIGHT, WIDTH, DiagramLayout
from cnnviz.figures.palette import FAMILY_COLOURS

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "…": r"\ldots{}",
}


def diagram_tikz(layout: DiagramLayout, caption: str, link: str) -> str:
    """Return a whole document; `caption` stands below the drawing, the `link` in a comment too.

    A node bears the place of its box in the order of execution: `n0` is the image.
    """
    names = {node.name: f"n{place}" for place, node in enumerate(layout.nodes)}
    families = dict.fromkeys(node.family for node in layout.nodes)
    lines = [
        f"% {_one_line(caption)}",
        f"% {_one_line(link)}",
        r"\documentclass[tikz,border=6pt]{standalone}",
        r"\usepackage{xurl}",
        *(rf"\definecolor{{{name}}}{{HTML}}{{{FAMILY_COLOURS[name][1:].upper()}}}" for name in families),
        r"\begin{document}",
        r"\begin{tikzpicture}[x=1in,y=-1in,>=latex,font=\sffamily\scriptsize,",
        r"  box/.style={draw,rounded corners=2pt,align=center,inner sep=1pt,"
        rf"minimum width={WIDTH}in,minimum height={HEIGHT}in}},",
        *(f"  {name}/.style={{box,draw={name},fill={name}!18}}," for name in families),
        "  skip/.style={->,thick}]",
    ]
    for node in layout.nodes:
        x, y = node.x + WIDTH / 2, node.y + HEIGHT / 2
        text = rf"\textbf{{{escape(node.label)}}}\\{escape('×'.join(map(str, node.shape)))}"
        lines.append(rf"\node[{node.family}] ({names[node.name]}) at ({x:.3f},{y:.3f}) {{{text}}};")
    for edge in layout.edges:
        ends = ("north", "north") if edge.skips else ("east", "west")
        turns = "".join(f" -- ({x:.3f},{y:.3f})" for x, y in edge.points[1:-1])
        style = "skip" if edge.skips else "->"
        lines.append(rf"\draw[{style}] ({names[edge.source]}.{ends[0]}){turns} -- ({names[edge.target]}.{ends[1]});")
    place = f"({layout.width / 2:.3f},{layout.height:.3f})"
    below = rf"{escape(caption)}\\\url{{{_one_line(link).replace('%', chr(92) + '%')}}}"
    lines.append(rf"\node[align=center,text width={layout.width - 1:.2f}in] at {place} {{{below}}};")
    return "\n".join([*lines, r"\end{tikzpicture}", r"\end{document}", ""])


def escape(text: str) -> str:
    """Return `text` as LaTeX prints it.

    >>> escape("block_1 ×3 50%")
    'block\\\\_1 $\\\\times$3 50\\\\%'
    """
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("{", "").replace("}", "").replace("\\", "")
