"""What the coordinator sees: late answers by body, and where help is missing. No case."""
