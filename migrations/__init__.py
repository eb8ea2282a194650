"""Changes of the store's tables, one file each, up and down."""
