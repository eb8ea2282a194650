"""The bundled record: tables, and the command that builds them from source files."""
