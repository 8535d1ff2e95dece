"""Foreign files as arrays: what `.npz`, `.mat` and `.nwb` say, under the book's names.

A file from elsewhere is opened in a process of its own (`child`), which nothing but a line can
leave, whatever the file does to its library. `npz`, `matlab` and `nwb` (with `nwb_signals`) read
one kind each, `names` sorts what they found. None of them knows what a recording is.
"""

from .child import KINDS, QUESTIONS, parse
from .names import KEYS
