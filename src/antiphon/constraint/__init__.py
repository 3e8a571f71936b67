"""Judges JSON Schemas that answers are to follow, and builds those that the grammar engine gets. Knows no engine."""
