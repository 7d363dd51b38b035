"""Cases: registering, the list, the case page, who is on it, how it ends."""
