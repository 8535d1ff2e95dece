"""The project and its peers side by side, one table a run."""
