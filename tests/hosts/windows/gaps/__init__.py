"""What wine 8 lacks and a Windows Python asks for."""
