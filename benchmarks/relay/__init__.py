"""What a gateway costs: ours and the LiteLLM proxy on one upstream, which emits as fast as it can."""
