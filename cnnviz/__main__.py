"""`python -m cnnviz`: the command line."""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while modules are loaded Ctrl-C ends the process without a traceback
    from cnnviz.cli.command import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = main(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # and while Python ends
    sys.exit(code)
