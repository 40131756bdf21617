"""The domain. It is pure, except for `shared.aws`, which makes the AWS calls."""
