"""The domain: pure, apart from `shared.aws`, where the AWS calls live."""
