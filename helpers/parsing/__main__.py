"""The child that opens one foreign file: a question on standard input, an answer on the output."""

import pickle
import sys
import warnings

from .child import answer


def main() -> None:
    """Answer one question."""
    warnings.simplefilter("ignore")  # what matters is checked by us, and said as a finding
    path, questions = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    pickle.dump(answer(path, questions), out, protocol=pickle.HIGHEST_PROTOCOL)


main()
