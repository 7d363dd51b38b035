"""The pages of her word: asked, answered, taken back, printed."""
