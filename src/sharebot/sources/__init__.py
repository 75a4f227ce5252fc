"""Sources: fetch safely, parse in a limited child process, yield plain items."""
