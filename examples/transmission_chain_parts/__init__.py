"""What the scenario `transmission_chain` is made of: world, propositions and policies. It is no scenario itself."""
