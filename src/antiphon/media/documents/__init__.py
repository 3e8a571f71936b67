"""Documents read as text: bytes in, values out. Synchronous and pure; it runs where it can be killed."""
