"""What a model wrote, as text, reasoning and calls: one character after another, however the bytes were cut."""
