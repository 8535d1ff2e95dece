"""The name under which the report is asked for: ``python -m helpers.own_page FILE``."""

import sys

from helpers.own import main

if __name__ == "__main__":
    sys.exit(main())
