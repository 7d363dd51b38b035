"""Her word: how she is asked, what she said, what of it holds now, and what goes on when it changes."""
