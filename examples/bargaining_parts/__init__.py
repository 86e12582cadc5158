"""What the scenario `bargaining` is made of: its worlds, its policies and its metrics. It is no scenario itself."""
