"""The store itself: engines, transactions, bulk loading, backups."""
