"""A completion's life between the wire and an engine: prepare, generate, assemble, accumulate. Knows no HTTP."""
