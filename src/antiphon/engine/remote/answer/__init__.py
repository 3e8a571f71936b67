"""From what an upstream streams to events, and whether they keep to what was asked."""
