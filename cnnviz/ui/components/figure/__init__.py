"""Objects of a page: what can be presented by itself and taken away as a figure."""

from cnnviz.ui.components.figure.figure_button import FigureFile, draw_figure_button
from cnnviz.ui.components.figure.page_object import draw_chart, page_object

__all__ = ["FigureFile", "draw_chart", "draw_figure_button", "page_object"]
