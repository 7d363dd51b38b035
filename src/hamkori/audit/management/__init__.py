"""The ledger from a command line."""
