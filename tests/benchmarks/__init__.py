"""How fast it is: scripts that print a table."""
