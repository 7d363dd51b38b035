"""The server's keys by version: counted, turned while the pages serve, the old one forgotten."""
