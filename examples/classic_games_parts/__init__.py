"""What the scenario `classic_games` is made of: a world for each game, and the policies. It is no scenario itself."""
