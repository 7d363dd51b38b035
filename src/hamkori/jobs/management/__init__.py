"""The jobs from a command line."""
