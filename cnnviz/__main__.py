"""`python -m cnnviz`: the command line."""

import sys

from cnnviz.cli.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
