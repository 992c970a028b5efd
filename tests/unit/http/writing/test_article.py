"""What stands under the title of a case study or article."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from portfolio_app.http.content.loader import read
from portfolio_app.http.writing.parts import article_list, article_page
from tests.unit.http.content import stranger

CHANGED = date(1850, 1, 2)


def test_an_article_shows_the_day_it_was_changed_beside_the_day_it_was_written(tmp_path: Path) -> None:
    (article,) = read(stranger.write(tmp_path / "content")).work
    changed = replace(article, front=article.front.model_copy(update={"updated": CHANGED}))
    for page in (article_page(changed, None), article_list("work", "Engines.", [changed])):
        text = str(page.render())
        assert "1 September 1843" in text
        assert "2 January 1850" in text
    assert "changed" not in str(article_page(article, None).render())
