"""Series, releases and figures: what was published, when, by whom."""
