"""Record the results of several runs as the expected ones: `python -m helpers.claims record`."""

import argparse
import sys
from pathlib import Path

from . import expected


def main(arguments: list[str] | None = None) -> int:
    """Run the command line: `record` the results of several runs as the expected ones."""
    parser = argparse.ArgumentParser(prog="python -m helpers.claims", description=__doc__)
    commands = parser.add_subparsers(required=True)
    record = commands.add_parser("record", help="write data/expected.json from several runs")
    record.add_argument("results", nargs="+", type=Path, help="results.json, one a base seed")
    record.add_argument("--chapters", nargs="*", default=(), help="03 …; all if none")
    record.add_argument("--exact", nargs="*", default=(), help="ids that no seed moved")
    given = parser.parse_args(arguments)
    try:
        count = expected.record(given.results, given.chapters, given.exact)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} values recorded in {expected.EXPECTED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
