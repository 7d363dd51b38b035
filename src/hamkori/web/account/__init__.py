"""Sign-in, the vault's two buttons, invitations, and a person's own page."""
