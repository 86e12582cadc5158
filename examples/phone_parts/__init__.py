"""What the scenario `phone` is made of besides its world: its policies and its metrics. It is no scenario itself."""
