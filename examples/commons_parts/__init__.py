"""What the scenario `commons` is made of: its world, texts, policies and metrics. It is no scenario itself."""
