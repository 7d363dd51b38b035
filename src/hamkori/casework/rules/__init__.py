"""What casework decides: typed tables and pure functions. No Django, no database, no clock but the one passed in."""
