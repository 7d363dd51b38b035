"""The directory from a command line."""
