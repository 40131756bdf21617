"""tee: queue → vendor: what a source sent goes to the vendor it came from as well, and its answer on record."""
