"""Queue → lake: events packed for Firehose, and the SQL that reads them back."""
