"""What is kept: stored completions, what they were made from, and keys. Knows databases, and nothing of HTTP."""
