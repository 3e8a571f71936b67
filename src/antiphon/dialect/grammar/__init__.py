"""What an answer may be, as a grammar of llguidance: composed here as text, compiled in the worker."""
