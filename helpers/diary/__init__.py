"""The bugs of chapter 07, small enough to watch."""
