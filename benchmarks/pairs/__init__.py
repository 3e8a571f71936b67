"""Our server and llama-server side by side, in pairs of measurements; and ours against itself."""
