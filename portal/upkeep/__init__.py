"""Keeping a portal well: backing it up, putting it back, and finding what is wrong with it."""
