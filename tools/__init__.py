"""What maintainers run: nothing in here is part of the proxy."""
