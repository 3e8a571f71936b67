"""Images by their URL, from where the operator allows it and nowhere else."""
