"""Venues' exports in, trades out: reading, one identity for each fill, pairing."""
