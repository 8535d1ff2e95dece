"""What is wrong with a file, said by us."""


class FileError(ValueError):
    """Something that a file says or lacks, already in one line with its mend."""
