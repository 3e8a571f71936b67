"""What the engine's lexer makes of a grammar: where terminals end, and where ignored text may stand."""
