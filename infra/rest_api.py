"""The REST API in front of `collect`. It passes on every body byte for byte and supports a WAF ($3.50 per million
requests).

Its path begins with the stage, unless there is a custom domain.
"""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.gateway import KEYS_NOT_USERS, Gateway, access_format, access_log, api_name
from infra.settings.model import Settings

STAGE = "collect"


def rest_api(scope: Construct, function: lambda_.IFunction, settings: Settings) -> Gateway:
    """Create the API. Every path and method, including CORS preflights, goes to the function, because clients declare
    wrong content types."""
    log = access_log(scope, settings)
    api = apigateway.RestApi(
        scope,
        "RestApi",
        rest_api_name=api_name(settings),
        endpoint_types=[apigateway.EndpointType.REGIONAL],
        binary_media_types=["*/*"],
        disable_execute_api_endpoint=True if settings.domain else None,
        # A REST API writes its access log as a role that is the account's, one per region. From the first deployment
        # the logs of all others are written with it: not even one that is rolled back may take it away.
        cloud_watch_role=settings.on_aws,
        cloud_watch_role_removal_policy=RemovalPolicy.RETAIN if settings.on_aws else None,
        deploy_options=apigateway.StageOptions(
            stage_name=STAGE,
            throttling_rate_limit=settings.requests_per_second,
            throttling_burst_limit=settings.request_burst,
            access_log_destination=apigateway.LogGroupLogDestination(log),
            access_log_format=apigateway.AccessLogFormat.custom(
                access_format(waf="$context.wafResponseCode")
            ),
        ),
    )
    api.node.try_remove_child("Endpoint")  # an output of the CDK's own; ours is CollectUrl
    integration = apigateway.LambdaIntegration(function, allow_test_invoke=False)
    api.root.add_method("ANY", integration)
    api.root.add_proxy(default_integration=integration)
    if settings.web_acl:
        wafv2.CfnWebACLAssociation(
            scope,
            "WebAcl",
            resource_arn=api.deployment_stage.stage_arn,
            web_acl_arn=settings.web_acl,
        )
    _acknowledge(api, has_web_acl=settings.web_acl is not None)
    return Gateway(
        kind="rest",
        api_id=api.rest_api_id,
        stage=api.deployment_stage.stage_name,
        url=settings.domain.url if settings.domain else api.url_for_path().rstrip("/"),
        access_log=log,
        dimensions={"ApiName": api_name(settings), "Stage": STAGE},
        client_errors="4XXError",
        server_errors="5XXError",
    )


def _acknowledge(api: apigateway.RestApi, has_web_acl: bool) -> None:
    for rule in ("APIG4", "COG4"):
        acknowledge(api, rule, KEYS_NOT_USERS)
    acknowledge(api, "APIG2", "The function judges each event of a request and keeps what it refuses.")
    acknowledge(
        api,
        "APIG6",
        "Execution logs have paths, and some formats have a key or a person in them; the function logs each request.",
    )
    if not has_web_acl:
        acknowledge(
            api, "APIG3", "A web ACL is the account's own to make and to pay for: the setting `web_acl`."
        )
    acknowledge(
        api,
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
        "API Gateway takes no role for its logs that may do less; it is the account's, for all its REST APIs.",
    )
