"""Measures a server from outside, as its users see it. It knows no engine, only HTTP and the clock."""
