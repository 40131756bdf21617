"""S3: buckets of objects, strongly consistent, with what expires."""
