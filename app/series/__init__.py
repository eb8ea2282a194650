"""Series of a publisher's own: creating, describing, and removing them."""
