"""What the chapters import; nothing in here imports a chapter."""

from . import places

places.lend_homes()
