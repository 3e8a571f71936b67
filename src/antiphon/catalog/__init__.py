"""The catalogue: which models there are to choose from, and how they come from the Hugging Face hub into its cache.

Knows nothing of engines: what it gives them is a file.
"""
