"""The page of those who hold an organisation's keys: what there is, what is due, and the two acts that make a key."""
