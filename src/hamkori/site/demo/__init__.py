"""The demonstration: invented people, and doors through which a visitor enters as one of them. In no other mode."""
