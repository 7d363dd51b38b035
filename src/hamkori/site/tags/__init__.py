"""What the server vouches for: every row with a tag, told in words, adopted and vouched for."""
