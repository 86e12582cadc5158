"""What the scenario `public_goods` is made of: its world and its policies. It is no scenario itself."""
