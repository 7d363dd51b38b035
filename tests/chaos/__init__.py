"""Faults at random moments, while people work: what was said to be done is done, once, and the clock goes on."""
