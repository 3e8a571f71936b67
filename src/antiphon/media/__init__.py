"""What is not text: fetched, read, heard and spoken. Knows bytes; nothing of the wire, nor of who answers."""
