from pathlib import Path

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import lint
from tests.unit.conftest import WriteFiles

DOCS = Path(__file__).parents[3] / "docs" / "workspace.md"


def found(directory: Path, rule: str) -> list[Finding]:
    return [finding for finding in lint(directory) if finding.rule == rule]


def shown(finding: Finding) -> str:
    return f"{Path(finding.place.file).name}:{finding.place.line}"


def plan(*names: str, catalogues: str = "") -> str:
    """A plan of these events, each in one line from line 3 on."""
    return f"catalogues: [{catalogues}]\nevents:\n" + "".join(f"  {name}: {{name: x}}\n" for name in names)


def test_mixed_forms_and_a_capital_property_are_shown_at_file_and_line(folder: WriteFiles) -> None:
    directory = folder(
        plan_yaml="""\
        events:
          Play Song:
            name: Play Song
            properties:
              SongName: {type: string}
          Song Played:
            name: Song Played
        """
    )

    [form] = found(directory, "event-form")
    [capital] = found(directory, "property-start")
    assert shown(form) == "plan.yaml:6"
    assert [place.line for place in form.related] == [2]
    assert f"{directory}/plan.yaml:2" in str(form)
    assert (shown(capital), capital.severity, capital.advice) == (
        "plan.yaml:5",
        "error",
        "Call it `songName`.",
    )


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (("Play Song", "Song Played"), ["Song Played"]),
        (("Song Played", "Play Song"), ["Play Song"]),
        (("Played Song", "Song Played"), ["Song Played"]),
        (("Play Song", "Watch Video", "Liked Song"), ["Liked Song"]),
        (("Song Played", "Video Watched", "Rate Song"), ["Rate Song"]),
        (("song_played", "watch_video"), ["watch_video"]),
        (("SongPlayed", "WatchVideo", "ShareVideo"), ["SongPlayed"]),
        (("Item Added To Cart", "Remove From Cart"), ["Remove From Cart"]),
        (("Play Song", "Registered"), ["Registered"]),
        (("Play Song", "Registration", "Search", "Login"), []),
        (("Song Played", "Registered", "User Signed Up"), []),
        (("Viewed Offer", "Registered"), []),
        (("Play Song", "Add To Cart", "Login To Web", "View Mortgage Page"), []),
        (("Order Completed", "Payment Sent", "Goal Set", "Cart Viewed"), []),
        (("View Recommended Items", "Mark As Read"), []),
        (("Play Song", "Bed Time", "Hundred Days", "News Feed"), []),
        (("ürün ekle", "曲を再生"), []),
    ],
)
def test_names_keep_one_form(folder: WriteFiles, names: tuple[str, ...], odd: list[str]) -> None:
    directory = folder(plan_yaml=plan(*names))

    assert [finding.message.split('"')[1] for finding in found(directory, "event-form")] == odd


def test_with_two_names_of_one_action_they_are_shown_together(folder: WriteFiles) -> None:
    directory = folder(plan_yaml=plan("Watch Video", "Play Song", "Song Played"))

    [finding] = found(directory, "event-form")
    assert [place.line for place in finding.related] == [4]


def test_own_names_are_compared_with_a_catalogue_of_one_form(folder: WriteFiles) -> None:
    directory = folder(plan_yaml=plan("Song Played", catalogues="media"))

    [finding] = found(directory, "event-form")
    assert shown(finding) == "plan.yaml:3"
    assert "Play Song" in finding.message
    assert finding.related[0].file == "catalogue media"


def test_a_catalogue_that_mixes_forms_itself_has_no_say(folder: WriteFiles) -> None:
    assert found(folder(plan_yaml=plan("Song Played", catalogues="banking")), "event-form") == []


def test_a_catalogues_event_defined_anew_keeps_its_name(folder: WriteFiles) -> None:
    directory = folder(plan_yaml=plan("Insurance Renewed", "Play Song", catalogues="banking"))

    assert found(directory, "event-form") == []


@pytest.mark.parametrize(
    ("names", "odd", "advice"),
    [
        (("Play Song", "Watch Video", "rate_song"), ["rate_song"], '"Rate Song"'),
        (("play_song", "watchVideo", "rate_song"), ["watchVideo"], '"watch_video"'),
        (("Play Song", "Watch video", "Rate Song"), ["Watch video"], '"Watch Video"'),
        (("PlaySong", "WatchVideo", "play-song-again"), ["play-song-again"], '"PlaySongAgain"'),
        (("Play Song", "Rate_song"), ["Rate_song"], '"Rate Song"'),
    ],
)
def test_event_names_keep_one_case(
    folder: WriteFiles, names: tuple[str, ...], odd: list[str], advice: str
) -> None:
    findings = found(folder(plan_yaml=plan(*names)), "event-case")

    assert [finding.message.split('"')[1] for finding in findings] == odd
    assert advice in findings[0].advice


@pytest.mark.parametrize(
    "names", [("Play Song", "Search", "Add to Cart", "UTM Visit", "Rate 5 Songs"), ("a_b", "c", "d2")]
)
def test_small_words_single_words_and_abbreviations_fit_any_case(
    folder: WriteFiles, names: tuple[str, ...]
) -> None:
    assert found(folder(plan_yaml=plan(*names)), "event-case") == []


@pytest.mark.parametrize("other", ["play song", "play_song", "PlaySong", "PLAY  SONG"])
def test_two_spellings_of_one_event_are_shown_together(folder: WriteFiles, other: str) -> None:
    directory = folder(plan_yaml=plan("Play Song", other))

    [finding] = found(directory, "same-event")
    assert (shown(finding), [place.line for place in finding.related]) == ("plan.yaml:4", [3])


def test_another_spelling_of_a_catalogues_event_is_shown(folder: WriteFiles) -> None:
    [finding] = found(folder(plan_yaml=plan("complete purchase", catalogues="ecommerce")), "same-event")

    assert "Complete Purchase" in finding.message


def test_an_event_without_a_display_name_is_shown(folder: WriteFiles) -> None:
    [finding] = found(folder(plan_yaml="events:\n  A: {}\n  B: {name: B}\n"), "display-name")

    assert shown(finding) == "plan.yaml:2"


def properties(*written: str) -> str:
    """One event with these properties, each in one line from line 5 on."""
    lines = "".join(f"      {one}\n" for one in written)
    return f"events:\n  Play Song:\n    name: x\n    properties:\n{lines}"


@pytest.mark.parametrize("name", ["SongName", "_song", "$song", "Song"])
def test_a_property_starts_with_a_lowercase_letter_or_a_digit(folder: WriteFiles, name: str) -> None:
    [finding] = found(
        folder(plan_yaml=properties("a: {type: string}", f"{name}: {{type: string}}")), "property-start"
    )

    assert (shown(finding), finding.severity) == ("plan.yaml:6", "error")


@pytest.mark.parametrize("name", ["songName", "3d", "größe", "song_name"])
def test_a_property_that_starts_rightly_is_left_alone(folder: WriteFiles, name: str) -> None:
    assert found(folder(plan_yaml=properties(f'"{name}": {{type: string}}')), "property-start") == []


def test_properties_keep_one_case(folder: WriteFiles) -> None:
    directory = folder(
        plan_yaml=properties(
            "song_name: {type: string}", "song_length: {type: number}", "artistName: {type: string}"
        )
    )

    [finding] = found(directory, "property-case")
    assert (shown(finding), finding.advice) == ("plan.yaml:7", "Call it `artist_name`.")


def test_properties_are_compared_with_the_catalogues(folder: WriteFiles) -> None:
    [finding] = found(
        folder(plan_yaml="catalogues: [media]\n" + properties("songTitle: {type: string}")), "property-case"
    )

    assert shown(finding) == "plan.yaml:6"


def test_two_spellings_of_one_property_are_shown_together(folder: WriteFiles) -> None:
    [finding] = found(
        folder(plan_yaml=properties("song_name: {type: string}", "songName: {type: string}")), "same-property"
    )

    assert (shown(finding), [place.line for place in finding.related]) == ("plan.yaml:6", [5])


def test_one_property_has_one_type(folder: WriteFiles) -> None:
    directory = folder(
        plan_yaml="""\
        events:
          A: {name: A, properties: {size: {type: integer}}}
          B: {name: B, properties: {size: {type: number}}}
          C: {name: C, properties: {size: {type: string}}}
        """
    )

    [finding] = found(directory, "property-type")
    assert (shown(finding), [place.line for place in finding.related]) == ("plan.yaml:4", [2])


@pytest.mark.parametrize(
    "name", ["email", "customer_email", "phoneNumber", "firstName", "delivery_address", "date_of_birth", "ip"]
)
def test_what_sounds_personal_is_to_be_flagged(folder: WriteFiles, name: str) -> None:
    [finding] = found(folder(plan_yaml=properties(f"{name}: {{type: string}}")), "personal-data")

    assert shown(finding) == "plan.yaml:5"


@pytest.mark.parametrize(
    "written",
    [
        "email: {type: string, personal: true}",
        "email_campaign: {type: string}",
        "has_email: {type: boolean}",
        "addressee_count: {type: integer}",
        "recipe: {type: string}",
    ],
)
def test_what_is_flagged_or_only_looks_alike_is_left_alone(folder: WriteFiles, written: str) -> None:
    assert found(folder(plan_yaml=properties(written)), "personal-data") == []


def test_every_naming_rule_is_documented(folder: WriteFiles) -> None:
    directory = folder(
        plan_yaml="""\
        events:
          Play Song: {name: A, properties: {email: {type: string}, song_name: {type: string}, Big: {type: string}}}
          Song Played: {properties: {songName: {type: string}, email: {type: number}}}
          Watch Video: {name: B}
          play_song: {name: C}
        """
    )

    rules = {finding.rule for finding in lint(directory)}
    assert rules == {
        "property-start", "event-form", "event-case", "same-event", "display-name", "property-case", "same-property",
        "property-type", "personal-data",
    }  # fmt: skip
    page = DOCS.read_text(encoding="utf-8")
    assert [rule for rule in rules if f"| `{rule}`" not in page] == []


def test_findings_come_by_file_and_line(folder: WriteFiles) -> None:
    directory = folder(
        {"plan/b.yaml": "events:\n  B: {}\n  b: {}\n", "plan/a.yaml": "events:\n  A: {}\n  email: {}\n"}
    )

    places = [finding.place for finding in lint(directory)]
    assert places == sorted(places)


def test_naming_is_looked_at_even_when_another_file_is_broken(folder: WriteFiles) -> None:
    directory = folder(plan_yaml=plan("Play Song", "Song Played"), campaigns_yaml="campaigns: [")

    assert {"yaml", "event-form"} <= {finding.rule for finding in lint(directory)}
