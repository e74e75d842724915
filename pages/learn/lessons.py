"""Lessons that ask first and show afterwards, and practice without end."""

from cnnviz.ui.core import shell
from cnnviz.ui.pages.lessons import page

t = shell.begin_page("lessons")
page.draw_page(t)
