"""Charts for the pages of others: in a frame, and as oEmbed answers."""
