"""An older name of ``python -m helpers.book analyse FILE``."""

import sys

from helpers.book.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["analyse", *sys.argv[1:]]))
