"""Schemas that answers are held to: by random walks through their grammars, and by the model."""
