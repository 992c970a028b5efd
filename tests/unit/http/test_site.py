"""What the front page has, and with it the site, is what the profile lists."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portfolio_app.http import site
from portfolio_app.http.build.browser_files import remove_others, scripts, stylesheets
from portfolio_app.http.content.loader import content, problems, read
from portfolio_app.http.content.model import ContentError, Profile
from tests.site import ROOT
from tests.unit.http.content import stranger

SECTIONS = [name for feature in site.FEATURES for name in feature.sections]
NAV = [name for feature in site.FEATURES for name in feature.nav]
WITH = """
import json, sys
from portfolio_app.http import asgi, site
from portfolio_app.http.frame import framed
from portfolio_app.portfolio_app import app

pages = {page.route: page for page in site.all_pages()}
states, left = [], [app._state]
while left:
    states.append((state := left.pop()).get_full_name())
    left += state.get_substates()
print(json.dumps({
    "pages": sorted(pages),
    "routes": sorted(route.path for route in asgi.routes()),
    "features": [feature.name for feature in site.features()],
    "imported": sorted(name for name in sys.modules if name.startswith("portfolio_app.http.")),
    "states": states,
    "front": str(framed(pages["/"].build(), nav=site.nav_entries()).render()),
    "claims": str(pages["/proof"].build().render()) if "/proof" in pages else "",
}))
"""


def profile(**changed: object) -> Profile:
    return content().profile.model_copy(update=changed)


def listing(folder: Path, line: str) -> Path:
    """A stranger's content folder with one more line in its profile, which is the third."""
    path = stranger.write(folder) / "profile.toml"
    first, second, rest = path.read_text(encoding="utf-8").split("\n", 2)
    path.write_text(f"{first}\n{second}\n{line}\n{rest}", encoding="utf-8")
    return folder


def site_with(folder: Path) -> dict[str, list[str] | str]:
    """What a process has whose content is `folder`."""
    import json

    done = subprocess.run(
        [sys.executable, "-c", WITH],
        cwd=ROOT,
        env=os.environ | {"CONTENT_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str] | str] = json.loads(done.stdout)
    return found


def test_a_feature_brings_what_its_line_names() -> None:
    by_name = {feature.name: feature for feature in site.features()}
    for listed in [each for each in site.FEATURES if each.name in site.present(content().profile)]:
        feature = by_name[listed.name]
        assert sorted(section.name for section in feature.sections) == sorted(listed.sections)
        assert [entry.name for entry in feature.nav if not entry.moderators_only] == list(listed.nav)


def test_without_a_list_everything_is_there() -> None:
    assert site.absent(profile(sections=None)) == frozenset()


def test_a_feature_is_off_when_nothing_of_it_is_listed_or_needed() -> None:
    assert site.absent(profile(sections=tuple(SECTIONS))) == frozenset()
    assert site.absent(profile(sections=("live",))) == {"burst", "attacks"}
    assert site.absent(profile(sections=("patterns",))) == {"burst", "attacks", "live"}
    assert site.absent(profile(sections=())) == {"burst", "attacks", "live", "showcase"}


@pytest.mark.parametrize(
    ("line", "number", "wrong"),
    [
        ('sections = ["live", "brust"]', 3, 'sections: there is no "brust"; what can be listed: '),
        ('sections = [\n  "live",\n  "stats", "brust",\n]', 5, 'sections: there is no "brust"; '),
        ('sections = [\n  "live",\n  "live",\n]', 5, 'sections: "live" is listed twice; '),
        ('nav = ["work", "wrok"]', 3, 'nav: there is no "wrok"; what can be listed: '),
    ],
)
def test_a_wrong_or_doubled_name_is_refused_by_its_line(
    tmp_path: Path, line: str, number: int, wrong: str
) -> None:
    folder = listing(tmp_path / "content", line)
    with pytest.raises(ContentError) as caught:
        site.check(read(folder), folder)
    assert f"profile.toml:{number}: {wrong}" in str(caught.value)
    assert str(caught.value).endswith(", ".join(SECTIONS if "sections" in line else NAV))


def test_a_section_that_is_not_listed_is_nowhere_on_the_site(tmp_path: Path) -> None:
    found = site_with(listing(tmp_path / "content", 'sections = ["live"]\nnav = ["resume", "chat"]'))
    own = [name for name in found["features"] if name in {each.name for each in site.FEATURES}]
    assert own == list(site.present(profile(sections=("live",))))
    assert not [name for name in found["imported"] if name.startswith("portfolio_app.http.burst")]
    assert not [name for name in found["imported"] if name.startswith("portfolio_app.http.attacks")]
    assert not [name for name in found["states"] if "burst" in name or "attack" in name]
    assert not [path for path in found["routes"] if "burst" in path or "/runs" in path]
    assert not [path for path in found["pages"] if "runs" in path or path == "/proof"]
    front = str(found["front"])
    assert 'id:"live"' in front
    assert '"#live"' in front
    for gone in ("#burst", "burst-run", "attack-run", "stat-card", "capabilities", "highlight", "snippet"):
        assert gone not in front
    assert front.index('"/resume"') < front.index('"/chat"')
    assert "/work" not in front


def test_sections_come_in_the_order_of_the_list_and_claim_only_what_is_shown(tmp_path: Path) -> None:
    listed = ["patterns", "stats"]
    found = site_with(listing(tmp_path / "content", f"sections = {listed}".replace("'", '"')))
    front, claims = str(found["front"]), str(found["claims"])
    assert 0 < front.index('id:"patterns"') < front.index('id:"stats"')
    assert "Code patterns" in claims
    assert "At a glance" in claims
    assert "High-signal slices" not in claims
    assert "hero-actions" not in front


def test_scripts_and_stylesheets_of_a_feature_that_is_off_are_left_out() -> None:
    absent = site.absent(profile(sections=("live",)))
    left = {path.name for path in (*scripts(absent), *stylesheets(absent))}
    everything = {path.name for path in (*scripts(), *stylesheets())}
    assert {name for name in everything - left if "burst" in name or "attack" in name} >= {
        "burst.js",
        "attack.css",
    }
    assert not [name for name in left if "burst" in name or "attack" in name]
    assert {"room.js", "chat.css", "tokens.css"} <= left


def test_a_link_to_a_section_that_is_off_leaves_its_words(tmp_path: Path) -> None:
    folder = listing(tmp_path / "content", 'sections = ["live"]')
    article = folder / "work" / "note-g.md"
    words = "See [the *burst*](/#burst) and [the room](/#live), or [all](/)."
    article.write_text(f"{article.read_text()}\n{words}\n", encoding="utf-8")
    path = folder / "profile.toml"
    link = '[[links]]\nlabel = "{}"\nhref = "/#{}"\n'
    path.write_text(
        path.read_text() + link.format("Fire", "burst") + link.format("Post", "live"), encoding="utf-8"
    )

    found = read(folder)
    html = found.work[0].html
    assert "See the <em>burst</em> and " in html
    assert '<a href="/#live">the room</a>' in html
    assert '<a href="/">all</a>' in html
    assert [link.label for link in found.profile.shown_links] == ["Letters", "Post"]


@pytest.mark.parametrize("sections", ["", 'sections = ["live"]'])
def test_a_link_to_a_section_that_there_is_none_of_is_named_by_its_line(
    tmp_path: Path, sections: str
) -> None:
    folder = listing(tmp_path / "content", sections)
    article, path = folder / "work" / "note-g.md", folder / "profile.toml"
    good = "[a](/#burst) [b](/#top) [c](/#live:~:text=room) [d](/#) [e](/chat#nope)"
    before = article.read_text(encoding="utf-8")
    article.write_text(f"{before}\n{good}\n", encoding="utf-8")
    assert problems(folder, site.mistakes) == []
    article.write_text(f"{before}\n{good}\nAnd [the room](/#lvie).\n", encoding="utf-8")
    line = before.count("\n") + 3
    (wrong,) = problems(folder, site.mistakes)
    assert f"note-g.md:{line}: links to /#lvie, and the front page has no such section" in str(wrong)
    site.check(read(folder), folder)  # it may be that of a feature whose folder was deleted

    article.write_text(before, encoding="utf-8")
    path.write_text(f'{path.read_text()}[[links]]\nlabel = "x"\nhref = "/#nope"\n', encoding="utf-8")
    line = path.read_text(encoding="utf-8").count("\n")
    (wrong,) = problems(folder, site.mistakes)
    assert f"profile.toml:{line}: links to /#nope, and the front page has no such section" in str(wrong)


def test_what_an_earlier_compile_left_is_not_published(tmp_path: Path) -> None:
    for path in scripts():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    kept = scripts({"burst"})
    remove_others(tmp_path, kept)
    assert {path.relative_to(tmp_path) for path in tmp_path.rglob("*.*")} == set(kept)
    assert len(kept) < len(scripts())
