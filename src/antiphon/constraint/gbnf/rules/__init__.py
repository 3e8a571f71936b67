"""Rules on their way to llama.cpp: what it refuses is written otherwise, and what it cannot bear is refused here."""
