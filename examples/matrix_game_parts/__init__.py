"""What the scenario `matrix_game` is made of: its games, world, policies and metrics. It is no scenario itself."""
