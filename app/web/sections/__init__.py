"""The sections of the page, each with what builds it."""
