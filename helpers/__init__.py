"""What the chapters import; nothing in here imports a chapter."""
