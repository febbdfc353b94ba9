"""Open positions: what is written when somebody looks at them, and how the table reads."""
