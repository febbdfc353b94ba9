"""What is released, at work where nothing else is: run by nox (noxfile.py)."""
