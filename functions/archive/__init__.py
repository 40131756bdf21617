"""Queue → lake: pack events for Firehose, and the SQL that reads them."""
