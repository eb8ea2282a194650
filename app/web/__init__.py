"""The pages at `/`: understood in ten seconds, complete without JavaScript and a network."""
