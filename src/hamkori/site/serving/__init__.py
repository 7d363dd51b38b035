"""The web server: a whole request before a thread is taken, a whole answer off the thread, and room for everybody."""
