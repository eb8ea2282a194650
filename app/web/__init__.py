"""The page at `/`: understood in ten seconds, complete without JavaScript and without a network."""
