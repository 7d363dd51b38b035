"""The database server and its logins: begun, brought to the state of the source, founded, checked before use."""
