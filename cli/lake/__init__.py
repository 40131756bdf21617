"""Queries of the lake: Athena's SQL, as AWS takes it and as the laptop's DuckDB does."""
