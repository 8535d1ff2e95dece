"""The command line: runs chapters, builds the site, publishes."""
