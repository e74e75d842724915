"""State that a server makes once and keeps until it ends.

Any browser may ask Streamlit to clear its caches, forged or by a menu. What counts, limits or owns something is made
here and survives that; `st.cache_resource` is for what can be computed again.
"""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def server_state(make: Callable[P, T]) -> Callable[P, T]:
    """Return `make` with its value for each set of arguments made once, under a lock, and kept.

    >>> from itertools import count
    >>> numbers = count()
    >>> first = server_state(lambda: next(numbers))
    >>> first(), first()
    (0, 0)
    """
    lock = RLock()
    made: dict[tuple[object, ...], T] = {}

    @wraps(make)
    def get(*args: P.args, **kwargs: P.kwargs) -> T:
        key = (*args, *sorted(kwargs.items()))
        with lock:
            if key not in made:
                made[key] = make(*args, **kwargs)
            return made[key]

    return get
