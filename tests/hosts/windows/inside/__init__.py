"""Scripts for the Windows Python: they read a job and write what they saw."""
