"""The whole store as one file: tables with a data dictionary, for other programs."""
