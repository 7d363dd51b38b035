"""The kit: what every page is made of. It knows no room of the house and no area of the pages."""
