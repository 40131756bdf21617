"""The CDK app: `cdk deploy -c stage=dev|prod` on AWS, `-c stage=local` on the emulator. One stack per stage.

`-c protected=false` is for a first deployment, see `infra.stack`.
"""

from __future__ import annotations

import sys

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.packaging import Arm64Packages, Packages, SourcePackages
from infra.placement import Where
from infra.routing import NoRoutes, misplaced_targets
from infra.settings.file import NotUsable, SettingsError, SettingsFile, as_line, chosen, chosen_file
from infra.settings.findings import findings
from infra.settings.model import Settings
from infra.stack import Headrace
from shared.authoring.findings import errors


def build(app: App, settings: Settings, packages: Packages, *, protected: bool = True) -> Headrace:
    """The stack of one stage. It names no account and no region; the CDK command sets both."""
    return Headrace(
        app, f"headrace-{settings.stage}", settings=settings, packages=packages, protected=protected
    )


def settings_of(stage: str, named: str | None, where: Where) -> Settings:
    """What is unwise goes to standard error. Raises SettingsError, also for what is not where the stack goes."""
    settings = chosen(stage, named)
    if file := chosen_file(named):
        found = findings(stage, SettingsFile(file), where)
        for one in found:
            if one.severity == "warning":
                print(as_line(one), file=sys.stderr)
        if wrong := errors(found):
            raise NotUsable(*wrong)
    return settings


def main() -> None:
    # The CDK's own validation of the template takes ten seconds; the tests run it, with cfn-lint and cdk-nag.
    app = App(builtin_cloud_formation_validation=False)
    context, where = app.node.try_get_context, Where.of_the_cdk()
    try:
        settings = settings_of(context("stage") or "dev", context("settings"), where)
        if settings.on_aws:
            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        packages = Arm64Packages() if settings.on_aws else SourcePackages()
        stack = build(app, settings, packages, protected=context("protected") != "false")
    except (SettingsError, NoRoutes) as error:
        raise SystemExit(str(error)) from error
    if settings.on_aws and (misplaced := [*misplaced_targets(stack.routes, where)]):
        raise SystemExit("\n".join(misplaced))
    app.synth()


if __name__ == "__main__":
    main()
