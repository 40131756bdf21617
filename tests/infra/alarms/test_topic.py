"""Every alarm reaches the topic, when it begins and when it ends."""

from __future__ import annotations

from tests.infra.template import Template, listed


def test_every_alarm_is_told_when_it_begins_and_when_it_ends(on_aws: Template) -> None:
    (topic,) = on_aws.all("AWS::SNS::Topic")
    for name, alarm in on_aws.each("AWS::CloudWatch::Alarm").items():
        assert listed(alarm["AlarmActions"]) == listed(alarm["OKActions"]) == [{"Ref": topic}], name
        assert alarm["AlarmDescription"], name
        silence = "breaching" if alarm["AlarmName"].endswith("NotCalled") else "notBreaching"
        assert alarm["TreatMissingData"] == silence, f"{name}: only schedules speak all the time"


def test_the_topic_and_the_dashboard_are_outputs_where_there_are_alarms(
    templates: dict[str, Template],
) -> None:
    outputs = {stage: template.body["Outputs"] for stage, template in templates.items()}

    for stage in ("dev", "prod"):
        (topic,) = templates[stage].all("AWS::SNS::Topic")
        assert outputs[stage]["AlarmTopicArn"]["Value"] == {"Ref": topic}
        assert outputs[stage]["DashboardName"]["Value"] == f"headrace-{stage}"
    assert not {"AlarmTopicArn", "DashboardName"} & set(outputs["local"])


def test_alarms_are_allowed_to_reach_the_topic(on_aws: Template) -> None:
    (policy,) = on_aws.properties("AWS::SNS::TopicPolicy").values()
    allowed = [
        statement["Principal"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and "sns:Publish" in listed(statement["Action"])
    ]

    assert allowed == [{"Service": "cloudwatch.amazonaws.com"}]
