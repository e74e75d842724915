"""Who is looking: on a shared server a random key that the browser keeps, so that a run has an owner.

    browser_key.key()     the visitor's key, "" on one's own machine and until the browser has told it
    browser_key.ip_address() where the connection comes from, as far as it is known
    browser_key.request() asks the browser for it; the shell does so on every page of a shared server

The key stands in the browser's storage and in the server's memory of the session, never in a link; the folder
of a run holds only its digest.
"""

from cnnviz.ui.core.browser_key.component import ip_address, key, request

__all__ = ["ip_address", "key", "request"]
