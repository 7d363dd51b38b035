"""The door for people: addresses, forms, views, templates, and the kit that gives them one look."""
