"""What turns a conversation into events: one protocol, several kinds of engine. Knows no HTTP and no wire models."""
