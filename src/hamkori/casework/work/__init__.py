"""What stands on all of it: a worker's day, the pages of a whole case, the clock."""
