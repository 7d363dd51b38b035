"""A case: its parts and who holds them, its team, its answer targets, its beginning and its end."""
