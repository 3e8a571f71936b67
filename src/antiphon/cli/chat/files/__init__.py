"""What a conversation has to do with files: `saved` is how it is written, `disk` where, `images` are sent with it."""
