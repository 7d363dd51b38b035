"""The first contact, in six steps: pages over what is done elsewhere, with no store and no rule of their own."""
