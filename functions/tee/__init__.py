"""tee: queue → vendor. Forwards a source's requests to its vendor, and records the answers."""
