"""A custom host name in front of the API. Its root is the API's stage, for both kinds of API."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_route53 as dns
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.gateway import Gateway
from infra.settings.domain import Domain


class OwnDomain(Construct):
    """`target` is the name that the domain must point to in its DNS."""

    def __init__(self, scope: Construct, id: str, *, gateway: Gateway, domain: Domain) -> None:
        super().__init__(scope, id)
        name = apigateway.DomainName(
            self,
            "Name",
            domain_name=domain.name,
            certificate=certificates.Certificate.from_certificate_arn(
                self, "Certificate", domain.certificate
            ),
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            ip_address_type=apigateway.IpAddressType.DUAL_STACK,
        )
        # The version 2 of the API has REST APIs too.
        apigateway.CfnApiMapping(
            self, "Mapping", api_id=gateway.api_id, domain_name=name.name, stage=gateway.stage
        )
        self.target = name.regional_domain_name
        self.has_records = domain.zone_id is not None
        if domain.zone_id is not None and domain.zone_name is not None:
            zone = dns.HostedZone.from_hosted_zone_attributes(
                self, "Zone", hosted_zone_id=domain.zone_id, zone_name=domain.zone_name
            )
            target = dns.RecordTarget.from_alias(
                targets.ApiGatewayv2DomainProperties(name.regional_domain_name, name.regional_hosted_zone_id)
            )
            for id_, record in (("V4", dns.ARecord), ("V6", dns.AaaaRecord)):
                record(self, id_, zone=zone, record_name=f"{domain.name}.", target=target)
