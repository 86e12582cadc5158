"""What the scenario `donor_game` is made of: its world and its policies. It is no scenario itself."""
