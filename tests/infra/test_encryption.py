"""Everything at rest is encrypted, everything in motion uses TLS, nothing is public."""

from __future__ import annotations

from tests.infra.template import Template, listed, strings

NO_PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}


def policies(template: Template, type_: str, name: str) -> dict[str, list[dict[str, object]]]:
    """The statements of each resource that has such a policy, by its logical id."""
    found: dict[str, list[dict[str, object]]] = {}
    for made in template.properties(type_).values():
        for resource in listed(made[name]):
            found.setdefault(resource["Ref"], []).extend(made["PolicyDocument"]["Statement"])
    return found


def refuses_plain_http(statements: list[dict[str, object]]) -> bool:
    return any(
        statement["Effect"] == "Deny" and statement.get("Condition") == NO_PLAIN_HTTP
        for statement in statements
    )


def test_buckets_are_private_encrypted_and_refuse_plain_http(template: Template) -> None:
    statements = policies(template, "AWS::S3::BucketPolicy", "Bucket")

    for name, bucket in template.properties("AWS::S3::Bucket").items():
        rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rules == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}], name
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert refuses_plain_http(statements[name]), name


def test_queues_are_encrypted_and_refuse_plain_http(template: Template) -> None:
    statements = policies(template, "AWS::SQS::QueuePolicy", "Queues")

    for name, queue in template.properties("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, name
        assert refuses_plain_http(statements[name]), name


def test_the_stream_and_firehose_are_encrypted(template: Template) -> None:
    (stream,) = template.properties("AWS::Kinesis::Stream").values()

    assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    for delivery in template.properties("AWS::KinesisFirehose::DeliveryStream").values():
        assert delivery["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}


def test_query_results_are_encrypted_whatever_a_client_asks_for(template: Template) -> None:
    (workgroup,) = template.properties("AWS::Athena::WorkGroup").values()
    configuration = workgroup["WorkGroupConfiguration"]

    assert configuration["EnforceWorkGroupConfiguration"] is True
    encryption = configuration["ResultConfiguration"]["EncryptionConfiguration"]
    assert encryption == {"EncryptionOption": "SSE_S3"}


def test_no_secret_is_in_the_template(template: Template) -> None:
    secrets = template.properties("AWS::SecretsManager::Secret").values()

    assert not any("SecretString" in secret for secret in secrets)
    assert {secret["GenerateSecretString"]["GenerateStringKey"] for secret in secrets} == {
        "default_write_key", "unused"
    }  # fmt: skip
    assert "write_key" not in strings(template.body["Outputs"])
