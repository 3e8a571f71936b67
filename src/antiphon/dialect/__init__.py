"""How model families write: turns, later reasoning and tool calls. Knows text and tokens' names, not engines."""
