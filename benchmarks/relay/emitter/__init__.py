"""The upstream: an OpenAI-compatible server that computes nothing and sends what the prompt asks for."""
