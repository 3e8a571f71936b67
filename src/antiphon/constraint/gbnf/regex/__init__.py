"""Reads regular expressions of Rust's dialect, as the grammar engine takes them."""
