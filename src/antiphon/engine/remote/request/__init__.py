"""From a conversation to a request for an upstream."""
