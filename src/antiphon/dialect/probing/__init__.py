"""Finding out what a chat template takes, by trying. Knows how histories are rendered, and no template by name."""
