"""The pages of the signs and of the worker's decision."""
