"""The lake: Firehose turns rows into Parquet objects, one folder a day, and Athena queries them."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledged import acknowledge_part
from infra.bucket import Buckets
from infra.log_retention import RETENTION_DAYS
from infra.packaging import ROOT
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from shared.lake import schema

ARCHIVE = ROOT / "functions" / "archive"
RESULTS = "query-results/"
FIRST_DAY = "2026-01-01"
"""Athena does not look for days before this one."""


class Lake(Construct):
    def __init__(self, scope: Construct, id: str, *, buckets: Buckets, settings: Settings) -> None:
        super().__init__(scope, id)
        self.bucket = buckets.bucket(
            self, "Bucket", lifecycle=_lifecycle(settings), versions_days=settings.lake_versions_days
        )
        self.database = f"headrace_{settings.stage}"
        self.delivery_name = f"headrace-{settings.stage}-lake"
        self.rejected_delivery_name = f"{self.delivery_name}-rejected"
        self._objects = self.bucket.arn_for_objects("*")
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Stack.of(self).account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database, description="Headrace's events"
            ),
        )
        events_raw = self._table("EventsRaw", schema.EVENTS, "Events as they were delivered", database)
        rejected_raw = self._table(
            "RejectedRaw", schema.REJECTED, "Rejected events as they were delivered", database
        )
        self.workgroup = self._workgroup(settings)
        if settings.on_aws:  # the emulator knows neither; there `headrace query` expands the views itself
            self._view("Events", schema.EVENTS, "Each event once", events_raw)
            self._view("RejectedEvents", schema.REJECTED, "Each rejected event once", rejected_raw)
            self._named_queries()
        self.delivery = self._delivery("Delivery", self.delivery_name, schema.EVENTS, events_raw, settings)
        self.rejected_delivery = self._delivery(
            "RejectedDelivery", self.rejected_delivery_name, schema.REJECTED, rejected_raw, settings
        )

    def filled_by(self, function: PythonFunction) -> None:
        function.set(DELIVERY_STREAM=self.delivery.ref, REJECTED_DELIVERY_STREAM=self.rejected_delivery.ref)
        for delivery in (self.delivery, self.rejected_delivery):
            function.allow("firehose:PutRecordBatch", on=delivery.attr_arn)

    def _table(
        self, id: str, table: schema.LakeTable, description: str, database: glue.CfnDatabase
    ) -> glue.CfnTable:
        location = self.bucket.s3_url_for_object(table.prefix)
        made = glue.CfnTable(
            self,
            id,
            catalog_id=Stack.of(self).account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=table.name,
                description=f"{description}; the view `{table.view}` shows each once",
                table_type="EXTERNAL_TABLE",
                # Athena works out the days from these: no crawler, no partitions to add.
                parameters={
                    "classification": "parquet",
                    "projection.enabled": "true",
                    "projection.dt.type": "date",
                    "projection.dt.format": "yyyy-MM-dd",
                    "projection.dt.range": f"{FIRST_DAY},NOW",
                    "storage.location.template": f"{location}dt=${{dt}}/",
                },
                partition_keys=_columns(schema.PARTITIONS),
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=_columns(table.columns),
                    location=location,
                    input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
                    ),
                ),
            ),
        )
        made.add_resource_dependency(database)
        return made

    def _view(self, id: str, table: schema.LakeTable, description: str, beneath: glue.CfnTable) -> None:
        sql = (ARCHIVE / "views" / f"{table.view}.sql").read_text()
        made = glue.CfnTable(
            self,
            id,
            catalog_id=Stack.of(self).account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=table.view,
                description=description,
                table_type="VIRTUAL_VIEW",
                parameters={"presto_view": "true"},
                view_original_text=schema.view_text(sql, self.database, table.columns),
                view_expanded_text="/* Presto View */",
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=_columns((*table.columns, *schema.PARTITIONS)),
                    serde_info=glue.CfnTable.SerdeInfoProperty(),
                ),
            ),
        )
        made.add_resource_dependency(beneath)

    def _workgroup(self, settings: Settings) -> athena.CfnWorkGroup:
        workgroup = athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=f"headrace-{settings.stage}",
            # What it keeps are queries' histories, and Athena deletes no workgroup that has one unless it is asked to.
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=settings.on_aws,
                bytes_scanned_cutoff_per_query=settings.query_cutoff_gb * 1_000_000_000,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=self.bucket.s3_url_for_object(RESULTS),
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_S3"
                    ),
                ),
            ),
        )
        workgroup.apply_removal_policy(RemovalPolicy.DESTROY)
        return workgroup

    def _named_queries(self) -> None:
        for file in sorted((ARCHIVE / "queries").glob("*.sql")):
            query = athena.CfnNamedQuery(
                self,
                f"Query-{file.stem}",
                name=file.stem,
                database=self.database,
                query_string=file.read_text(),
                work_group=self.workgroup.name,
            )
            query.add_resource_dependency(self.workgroup)

    def _delivery(
        self, id: str, name: str, table: schema.LakeTable, made: glue.CfnTable, settings: Settings
    ) -> firehose.CfnDeliveryStream:
        errors = logs.LogGroup(
            self,
            f"{id}Errors",
            retention=RETENTION_DAYS[settings.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        error_stream = logs.LogStream(
            self, f"{id}ErrorStream", log_group=errors, removal_policy=RemovalPolicy.DESTROY
        )
        role = self._delivery_role(f"{id}Role", table, errors)
        delivery = firehose.CfnDeliveryStream(
            self,
            id,
            delivery_stream_name=name,
            delivery_stream_type="DirectPut",
            # The service's own key; nobody but Firehose reads its buffer.
            delivery_stream_encryption_configuration_input=firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
            extended_s3_destination_configuration=firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self.bucket.bucket_arn,
                role_arn=role.role_arn,
                prefix=f"{table.prefix}dt=!{{timestamp:yyyy-MM-dd}}/",
                error_output_prefix=f"{schema.ERRORS_PREFIX}!{{firehose:error-output-type}}/dt=!{{timestamp:yyyy-MM-dd}}/",
                buffering_hints=firehose.CfnDeliveryStream.BufferingHintsProperty(
                    interval_in_seconds=settings.lake_buffer_seconds, size_in_m_bs=128
                ),
                cloud_watch_logging_options=firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
                    enabled=True,
                    log_group_name=errors.log_group_name,
                    log_stream_name=error_stream.log_stream_name,
                ),
                data_format_conversion_configuration=_to_parquet(
                    database=self.database,
                    table=made.ref,
                    role_arn=role.role_arn,
                    region=Stack.of(self).region,
                ),
            ),
        )
        delivery.node.add_dependency(role.node.find_child("DefaultPolicy"), self.bucket)
        return delivery

    def _delivery_role(self, id: str, table: schema.LakeTable, errors: logs.LogGroup) -> iam.Role:
        role = iam.Role(self, id, assumed_by=iam.ServicePrincipal("firehose.amazonaws.com"))
        catalog = [
            Stack.of(self).format_arn(service="glue", resource=resource)
            for resource in (
                "catalog",
                f"database/{self.database}",
                f"table/{self.database}/{table.name}",
            )
        ]
        for actions, resources in (
            (
                ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                [self.bucket.bucket_arn],
            ),
            (["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], [self._objects]),
            (["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"], catalog),
            (["logs:PutLogEvents"], [errors.log_group_arn]),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        acknowledge_part(role, self._objects, "Firehose names the objects it writes to the lake.")
        acknowledge_part(role, errors.log_group_arn, "The streams of its one log group.")
        return role


def _to_parquet(
    *, database: str, table: str, role_arn: str, region: str
) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
    stream = firehose.CfnDeliveryStream
    return stream.DataFormatConversionConfigurationProperty(
        enabled=True,
        # The rows have the table's lowercase columns; the case of names within `properties` is the client's.
        input_format_configuration=stream.InputFormatConfigurationProperty(
            deserializer=stream.DeserializerProperty(
                open_x_json_ser_de=stream.OpenXJsonSerDeProperty(case_insensitive=False)
            )
        ),
        output_format_configuration=stream.OutputFormatConfigurationProperty(
            serializer=stream.SerializerProperty(parquet_ser_de=stream.ParquetSerDeProperty())
        ),
        schema_configuration=stream.SchemaConfigurationProperty(
            database_name=database,
            table_name=table,
            region=region,
            role_arn=role_arn,
            version_id="LATEST",
        ),
    )


def _columns(columns: tuple[tuple[str, str], ...]) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=name, type=type_) for name, type_ in columns]


def _lifecycle(settings: Settings) -> list[s3.LifecycleRule]:
    rules = [s3.LifecycleRule(id="query-results", prefix=RESULTS, expiration=Duration.days(30))]
    if settings.lake_days:
        rules += [
            s3.LifecycleRule(id=table.view, prefix=table.prefix, expiration=Duration.days(settings.lake_days))
            for table in schema.TABLES
        ]
    return rules
