"""Addresses of the server's own routes, below the path that it is served at."""

import streamlit as st


def below_base(path: str) -> str:
    """Return the route of `path` below `server.baseUrlPath`.

    >>> below_base("healthz")
    '/healthz'
    """
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' if base else ''}{base}/{path}"
