"""The CDK app: `cdk deploy -c stage=dev|prod` on AWS, `-c stage=local` on the emulator. One stack per stage.

`-c protected=false` is for a first deployment, see `infra.stack`.
"""

from __future__ import annotations

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.packaging import Arm64Packages, Packages, SourcePackages
from infra.routing import NoRoutes
from infra.settings import Settings
from infra.settings_file import SettingsError, chosen
from infra.stack import Headrace


def build(app: App, settings: Settings, packages: Packages, *, protected: bool = True) -> Headrace:
    """The stack of one target. It names no account and no region: both are the CDK command's."""
    return Headrace(
        app, f"headrace-{settings.stage}", settings=settings, packages=packages, protected=protected
    )


def main() -> None:
    # The CDK's own validation of the template takes ten seconds; the tests run it, with cfn-lint and cdk-nag.
    app = App(builtin_cloud_formation_validation=False)
    try:
        settings = chosen(app.node.try_get_context("stage") or "dev", app.node.try_get_context("settings"))
        if settings.on_aws:
            Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        packages = Arm64Packages() if settings.on_aws else SourcePackages()
        build(app, settings, packages, protected=app.node.try_get_context("protected") != "false")
    except (SettingsError, NoRoutes) as error:
        raise SystemExit(str(error)) from error
    app.synth()


if __name__ == "__main__":
    main()
