"""Objects of a page: what can be presented by itself and taken away as a figure."""

from cnnviz.ui.components.figure.figure_button import FIGURE_STYLES, FigureFile, draw_figure_button, figure_data
from cnnviz.ui.components.figure.page_object import draw_chart, page_object

__all__ = ["FIGURE_STYLES", "FigureFile", "draw_chart", "draw_figure_button", "figure_data", "page_object"]
