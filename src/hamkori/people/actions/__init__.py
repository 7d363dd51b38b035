"""What changes people, keys and doors. Acts before sign-in have no actor; a proof of the keyring stands in for one."""
