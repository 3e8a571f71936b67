"""What upstreams do wrong, and what must come of it: one table, in files by where the fault is."""
