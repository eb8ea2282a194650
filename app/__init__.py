"""The service: everything that touches HTTP, SQL, files and time."""
