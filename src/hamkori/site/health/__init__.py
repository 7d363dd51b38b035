"""Whether it is well: the signs of the pulse, and the health addresses of the pages."""
