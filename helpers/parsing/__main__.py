"""The child that opens one foreign file: a question on standard input, an answer on the output."""

import json
import sys
import warnings

from .child import answer
from .errors import FileError
from .wire import packed


def main() -> None:
    """Answer one question."""
    warnings.simplefilter("ignore")  # what matters is checked by us, and said as a finding
    path, questions = json.load(sys.stdin)
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    try:
        content = packed(*answer(path, questions))
    except FileError as error:
        content = packed("error", str(error))
    out.write(content)


main()
