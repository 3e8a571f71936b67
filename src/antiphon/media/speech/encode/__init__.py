"""Samples to the bytes of a format, piece by piece. Knows nothing of who speaks."""
