"""Uploaded files: their contents in pieces, in the same database as all else, so that all that share it share them."""
