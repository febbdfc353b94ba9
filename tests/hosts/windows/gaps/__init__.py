"""Three things that wine 8 lacks and that a Windows Python asks for."""
