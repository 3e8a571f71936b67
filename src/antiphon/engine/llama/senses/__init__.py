"""What a model sees and hears, as vectors that stand in its prompt among the tokens."""
