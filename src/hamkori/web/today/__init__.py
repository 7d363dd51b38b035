"""Today: the home of every role."""
