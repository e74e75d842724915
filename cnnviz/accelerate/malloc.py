"""glibc's handling of freed memory: a training keeps it for its next step, the threads of a server share it."""

import ctypes
import platform

from cnnviz.accelerate.fast_paths import is_enabled

TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
"""Parameters of `mallopt`, by their numbers in glibc's malloc.h."""
ARENAS = 2
"""Of a server: the interpreter lets one thread work at a time, and torch's computations fill few blocks."""


def keep_freed_memory() -> bool:
    """Keep freed memory in this process for its next allocation; return whether the C library supports it.

    A step frees and asks for the same large tensors again and again. glibc gives such blocks back to the system,
    which clears every page anew: a third of the time of DenseNet at 96 pixels, for a sixth more memory at the
    peak. For processes that train and then end; a server would never give the memory back.

    Raises:
        UserError: `option_choice`.
    """
    if platform.libc_ver()[0] != "glibc" or not is_enabled("malloc"):
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(MMAP_MAX, 0) and library.mallopt(TRIM_THRESHOLD, -1))


def limit_arenas() -> bool:
    """Let all threads of this process share two of glibc's arenas; return whether the C library supports it.

    glibc gives threads arenas of their own, eight a core, and each keeps at its end what its threads have freed, up to
    64 MB. A server answers each user in a new thread: after five minutes of a class of sixty on two cores 240 MB lay
    there unused. In two arenas it is 50 MB, and 70 after half an hour. To be called before the process has many
    threads: glibc counts once.
    """
    return platform.libc_ver()[0] == "glibc" and bool(ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS))
