"""Layout of weights: computed as the model file has them, or from a copy in another quantisation, made once."""
