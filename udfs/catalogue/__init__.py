"""How a function becomes a formula: its arguments' types, its help, and how it is computed."""
