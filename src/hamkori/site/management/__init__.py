"""What needs Django and is done from a command line; `hamkori.site.launch` calls it."""
