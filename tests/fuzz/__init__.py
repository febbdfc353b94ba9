"""What must hold for any input: written once, run short by pytest, long by ``python -m``."""
