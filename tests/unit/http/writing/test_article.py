"""What stands under the title of a case study or article."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from portfolio_app.http.chat import ENTERING, state
from portfolio_app.http.chat.state import room_of
from portfolio_app.http.content import crawlers
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import Article, ContentError, Heading, Link
from portfolio_app.http.writing.pages import _article, archive_list, related_to, written_pages
from portfolio_app.http.writing.parts import article_list, article_page, resume
from tests.unit.http.content import stranger

ORIGIN = "https://site.example"
CHANGED = date(1850, 1, 2)


def test_an_article_shows_the_day_it_was_changed_beside_the_day_it_was_written(tmp_path: Path) -> None:
    (article,) = read(stranger.write(tmp_path / "content")).work
    changed = replace(article, front=article.front.model_copy(update={"updated": CHANGED}))
    for page in (article_page(changed, None), article_list("work", "Engines.", [changed])):
        text = str(page.render())
        assert "1 September 1843" in text
        assert "2 January 1850" in text
    assert "changed" not in str(article_page(article, None).render())


def articles(tmp_path: Path, **tags: str) -> dict[str, Article]:
    folder = stranger.write(tmp_path / "content")
    for slug, names in tags.items():
        text = stranger.ARTICLE.replace('"numbers"', names).replace("Note G", slug)
        (folder / "writing" / f"{slug}.md").write_text(text)
    return {article.slug: article for article in read(folder).articles}


def test_related_are_those_with_most_tags_in_common_and_never_itself(tmp_path: Path) -> None:
    found = articles(tmp_path, a='"SQL", "x y"', b='"sql"', c='"X Y", "sql"', d='"other"')
    assert [other.slug for other in related_to(found["a"], list(found.values()))] == ["c", "b"]
    page = str(article_page(found["a"], None, found["b"], [found["c"]]).render())
    assert page.index("Previous") < page.index("Related") < page.rindex("/writing/c")
    assert '"Next"' not in page


def test_a_longer_text_has_a_list_of_its_sections_and_a_short_one_none(tmp_path: Path) -> None:
    (article,) = articles(tmp_path).values()
    assert "Contents" not in str(article_page(article, None).render())
    headings = tuple(Heading(level, f"h{level}{n}", f"H {level}{n}") for n in range(3) for level in (2, 3, 4))
    page = str(article_page(replace(article, headings=headings), None).render())
    assert page.count("#h21") == page.count("#h31") == 2, "beside the text, and folded above it"
    assert "#h41" not in page


def test_a_project_shows_its_picture_years_and_links_in_the_list_and_on_its_page(tmp_path: Path) -> None:
    folder = stranger.write(tmp_path / "content")
    Image.new("RGB", (40, 20), "teal").save(folder / "work" / "engine.png")
    path = folder / "work" / "note-g.md"
    more = 'years = "1842 to 1843"\n\n[cover]\nfile = "engine.png"\nalt = "An engine"\n\n[[links]]\nlabel = "Paper"\n'
    text = stranger.ARTICLE.replace("+++\n\n##", f'{more}href = "https://paper.example/"\n+++\n\n##')
    path.write_text(text)
    (article,) = read(folder).work
    cards, page = (
        str(c.render()) for c in (article_list("work", "Engines.", [article]), article_page(article, None))
    )
    for shown in (cards, page):
        assert "1842 to 1843" in shown
        assert "https://paper.example/" in shown
    assert "An engine" in cards

    path.write_text(text.replace("https://paper.example/", "/work/gone"))
    with pytest.raises(
        ContentError, match=r"work/note-g\.md:14: links to /work/gone, where nothing is shown"
    ):
        read(folder)


def test_a_link_of_the_resume_has_its_address_for_paper(tmp_path: Path) -> None:
    profile = read(stranger.write(tmp_path / "content")).profile
    links = (
        *profile.links,
        Link(label="Code", href="https://code.example/ada/"),
        Link(label="Call", href="tel:+441"),
        Link(label="Chat", href="/chat"),
    )
    shown = str(resume(profile.model_copy(update={"links": links})).render())
    assert all(f'"{address}"' in shown for address in ("ada@engine.example", "code.example/ada", "+441"))
    assert shown.count("resume-address") == 3


def test_a_project_without_a_text_is_a_card_with_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in stranger.installed(tmp_path, monkeypatch):
        Image.new("RGB", (40, 20), "teal").save(folder / "work" / "loom.png")
        cover = '[cover]\nfile = "loom.png"\nalt = "A loom"\n[[links]]\nlabel = "Source"\nhref = "https://loom.example/"\n'
        front = (
            stranger.ARTICLE.partition("## ")[0]
            .replace("Note G", "A loom")
            .replace("]\n+++", f"]\n{cover}+++")
        )
        (folder / "work" / "loom.md").write_text(front)
        found = read(folder)
        loom = next(article for article in found.work if article.slug == "loom")
        assert loom.path == "/work#loom"
        routes = [page.route for page in written_pages()]
        assert "/work/note-g" in routes
        assert not any("loom" in route for route in routes)
        cards = str(article_list("work", "Engines.", [loom]).render())
        assert "https://loom.example/" in cards
        assert 'id:"loom"' in cards
        assert "data-gallery" in cards
        assert "0 min" not in cards
        assert 'href:"/work#loom' not in cards, "it leads nowhere from there"
        assert "data-gallery" not in str(article_list("work", "Engines.", found.work).render()), (
            "one has no picture"
        )
        assert "/work#loom" in str(archive_list("All.", found.work).render())
        [item] = [item for item in crawlers.json_feed(found, ORIGIN)["items"] if item["title"] == "A loom"]
        assert (item["url"], item["content_html"]) == (f"{ORIGIN}/work#loom", f"<p>{loom.front.summary}</p>")

        other = folder / "work" / "note-g.md"
        other.write_text(f"{other.read_text()}\n[the loom](/work/loom)\n")
        with pytest.raises(ContentError, match="links to /work/loom, where nothing is shown"):
            read(folder)


def test_only_an_article_that_is_discussed_has_a_room_under_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (article,) = read(stranger.write(tmp_path / "content")).work
    page = _article(article, None, None)
    assert page.on_load == ()
    assert "chat-log" not in str(page.build().render())
    spoken_of = replace(article, front=article.front.model_copy(update={"discuss": True}))
    page = _article(spoken_of, None, None)
    assert page.on_load == ENTERING
    drawn = str(page.build().render())
    for part in ("chat-log", "article-room", "Discussion: ", "/work/note-g"):
        assert part in drawn
    assert "room-list" not in drawn

    monkeypatch.setattr(state, "discussed", lambda: {spoken_of.path: spoken_of})
    paths = ("/work/note-g", "/work/note-g/", "/chat/talk", "/chat/work--note-g/m1", "/", "/work")
    assert [room_of(path) for path in paths] == [
        "work--note-g", "work--note-g", "talk", "work--note-g", "lobby", "lobby",
    ]  # fmt: skip
