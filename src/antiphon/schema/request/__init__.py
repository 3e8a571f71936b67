"""What clients send: shapes, which fields must agree, what becomes of each. Knows no engine."""
