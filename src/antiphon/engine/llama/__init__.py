"""The embedded engine: llama.cpp in a process of its own per model, and the side of it that lives in the HTTP process."""
