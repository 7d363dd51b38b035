"""What the invented world holds, room by room: each brings a `plan`, and the package is walked."""
