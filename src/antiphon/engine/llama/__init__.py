"""The embedded engine: llama.cpp in one process per model, and the side of it that lives in the API process."""
