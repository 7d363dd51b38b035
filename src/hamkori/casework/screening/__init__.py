"""The signs: what is asked, what follows from the answers, and the worker's decision."""
