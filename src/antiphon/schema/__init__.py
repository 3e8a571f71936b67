"""The wire contract: what JSON may come in and what JSON goes out. Knows shapes, not behaviour."""
