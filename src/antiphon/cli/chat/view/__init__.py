"""What a terminal shows of a conversation: `screen` is the whole of it, made of views that only ever append."""
