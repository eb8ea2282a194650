"""The publishers: where their files are, how to fetch and check them, and when to ask."""
