"""The upstreams of a model: how they are, and which is asked."""
