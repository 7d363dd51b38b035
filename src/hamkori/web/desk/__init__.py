"""The inbox of a receiving desk."""
