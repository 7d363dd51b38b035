"""A request to another body: the summary, the shared information, the answer, the help and its result."""
