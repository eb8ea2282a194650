"""The overview: every border's headline, all series in a table, and the sectors' map."""
