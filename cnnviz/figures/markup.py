"""Text from outside, made safe for Plotly, which reads a small HTML and templates in what it is given."""

from cnnviz.text.printable import escape_hidden


def escape_markup(text: str) -> str:
    r"""Return `text` as Plotly shows it letter by letter, also in a hover template.

    >>> escape_markup("<b>a</b> & %{y}")
    '&lt;b&gt;a&lt;/b&gt; &amp; %\u2060{y}'
    """
    shown = escape_hidden(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace("%{", "%\u2060{")
