"""One short file for each section of the weekly report."""
