"""The HTTP API in front of `collect`: the default, for a third of a REST API's price ($1.00 per million requests)."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.gateway import KEYS_NOT_USERS, Gateway, access_format, access_log, api_name
from infra.settings.model import Settings
from shared.gateway_headers import ORIGINAL, STAND_IN


def http_api(scope: Construct, function: lambda_.IFunction, settings: Settings) -> Gateway:
    """Create the API. Every path and method, including CORS preflights, goes to the function, because clients declare
    wrong content types."""
    api = apigateway.HttpApi(
        scope,
        "Api",
        api_name=api_name(settings),
        create_default_stage=False,
        disable_execute_api_endpoint=True if settings.domain else None,
    )
    integration = integrations.HttpLambdaIntegration(
        "Collect",
        function,
        # What `shared.gateway_headers` tells of; $request is what the client sent, whichever comes first.
        parameter_mapping=apigateway.ParameterMapping()
        .overwrite_header("content-type", apigateway.MappingValue.custom(STAND_IN))
        .overwrite_header(ORIGINAL, apigateway.MappingValue.request_header("content-type")),
    )
    for path in ("/", "/{proxy+}"):
        api.add_routes(path=path, methods=[apigateway.HttpMethod.ANY], integration=integration)
    log = access_log(scope, settings)
    stage = apigateway.CfnStage(
        scope,
        "Stage",
        api_id=api.api_id,
        stage_name="$default",
        auto_deploy=True,
        default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=settings.requests_per_second,
            throttling_burst_limit=settings.request_burst,
        ),
        access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=access_format()
        ),
    )
    acknowledge(api, "APIG4", KEYS_NOT_USERS)
    return Gateway(
        kind="http",
        api_id=api.api_id,
        stage=stage.ref,
        url=settings.domain.url if settings.domain else api.api_endpoint,
        access_log=log,
        dimensions={"ApiId": api.api_id},
        client_errors="4xx",
        server_errors="5xx",
    )
