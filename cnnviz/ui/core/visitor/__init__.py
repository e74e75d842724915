"""Who is looking: on a shared server a random key that the browser keeps, so that a run has an owner.

    visitor.key()     the visitor's key, "" on one's own machine and until the browser has told it
    visitor.address() where the connection comes from, as far as it is known
    visitor.meet()    asks the browser for it; the shell does so on every page of a shared server

The key stands in the browser's storage and in the server's memory of the session, never in a link; the folder
of a run holds only its digest.
"""

from cnnviz.ui.core.visitor.component import address, key, meet

__all__ = ["address", "key", "meet"]
