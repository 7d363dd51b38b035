"""Benchmarks: how long the main pages and acts take, beside plain SQL for the same rows. Run by `./hamkori bench`."""
