"""Who comes: the session and its second cookie, the actor, and how often something may be tried."""
