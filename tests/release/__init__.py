"""What is released: the same bytes from every build, complete, at work where nothing else is."""
