"""What we send: structs, as they were built by us."""
