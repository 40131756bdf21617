"""Every performance figure that the documentation quotes: `make bench`."""
