"""What a reader without JavaScript gets: every word, and all a page says about itself."""

import json
import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.page import Page
from portfolio_app.http.site import all_pages
from portfolio_app.launcher.frontend import Frontend
from tests.site import ROOT, Site

LISTED = [page for page in all_pages() if page.listed]
UNLISTED = ("/sign-in", "/register", "/moderation")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
by_route = pytest.mark.parametrize("page", LISTED, ids=lambda page: page.route)


def html_of(site: Site, path: str) -> str:
    answer = httpx.get(f"{site.url}{path}")
    assert answer.status_code == 200
    return answer.text


def tags(html: str, name: str) -> list[dict[str, str]]:
    """The attributes of every such tag in <head>."""
    head = html[: html.index("</head>")]
    found = re.findall(rf"<{name} ([^>]*?)/?>", head)
    return [{key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)} for tag in found]


def meta(html: str) -> dict[str, str]:
    named = [
        (tag.get("name") or tag.get("property", ""), tag["content"])
        for tag in tags(html, "meta")
        if "content" in tag
    ]
    once = [name for name, _ in named if name != "theme-color"]
    assert len(once) == len(set(once))
    return dict(named)


def title_in(html: str) -> str:
    (title,) = re.findall(r"<title>(.*?)</title>", html[: html.index("</head>")])
    return unescape(title)


def test_before_anything_is_read_no_count_is_claimed_and_without_scripts_a_demo_says_what_it_needs(
    site: Site,
) -> None:
    assert "of 10 left" not in html_of(site, "/password")
    for demo in html_of(site, "/dice").split('data-testid="demo-problem"')[1:]:
        assert demo.partition("</section>")[0].count("JavaScript is off") == 1


@by_route
def test_a_page_says_what_it_is_and_where(site: Site, page: Page) -> None:
    html = html_of(site, page.route)
    said, address = meta(html), f"{site.url}{page.route}"
    title = title_in(html)
    assert content().profile.site in title
    assert said["og:title"] == said["twitter:title"] == title
    assert said["description"] == said["og:description"] == said["twitter:description"]
    assert 0 < len(said["description"]) <= 200
    assert said["og:url"] == address
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:image"] == said["twitter:image"]
    assert "robots" not in said
    assert [tag["href"] for tag in tags(html, "link") if tag["rel"] == "canonical"] == [address]
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert json.loads(block)["url"] == address
    assert "origin.invalid" not in html


@by_route
def test_the_picture_of_a_page_is_there_and_small(site: Site, page: Page) -> None:
    picture = httpx.get(meta(html_of(site, page.route))["og:image"])
    assert picture.headers["content-type"] == "image/png"
    assert len(picture.content) < 60_000
    assert Image.open(BytesIO(picture.content)).size == (1200, 630)


def test_no_two_pages_look_alike_in_a_list(site: Site) -> None:
    titles = [meta(html_of(site, page.route))["og:title"] for page in LISTED]
    assert len(set(titles)) == len(LISTED)


def test_every_word_of_the_owner_is_in_the_raw_page(site: Site) -> None:
    for article in content().articles:
        html = html_of(site, article.path)
        assert article.html.strip() in html.replace("\r", "")
    home, resume = unescape(html_of(site, "/")), unescape(html_of(site, "/resume"))
    profile = content().profile
    assert all(text in home for text in (profile.claim, *profile.ledes))
    for section in profile.resume:
        assert section.title in resume
        assert all(point in resume for entry in section.entries for point in entry.points)


def test_without_javascript_an_article_reads_the_same(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    if not content().articles:
        pytest.skip("there is no article")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(content().articles[0].path)
    expect(page.locator("h1")).to_have_text(content().articles[0].front.title)
    expect(page.locator(".prose")).to_be_visible()
    heading = page.locator(".prose h2[id]").first
    page.goto(f"{content().articles[0].path}#{heading.get_attribute('id')}")
    assert page.evaluate("scrollY") > 0
    assert heading.evaluate("heading => heading.getBoundingClientRect().top") >= 16, "room above it"
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Work").click()
    expect(page.locator("h1")).to_have_text("Work")


def test_a_recorded_run_says_what_it_is_where_its_address_is_shared(site: Site) -> None:
    address = f"/runs/{'0' * 16}"
    answer = httpx.get(f"{site.url}{address}")
    html = answer.text
    said = meta(html)
    assert answer.status_code == 404, "there is none of that name"
    assert title_in(html) == said["og:title"]
    assert said["og:url"] == f"{site.url}{address}"
    assert "noindex" in said["robots"]
    assert httpx.get(said["og:image"]).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/runs/" + "0" * 16, "/api/runs/" + "0" * 16 + ".html"),
        ("/chat/lobby", "/plain/lobby"),
        ("/nowhere", ""),
    ],
)
def test_without_javascript_no_address_is_a_dead_end(
    site: Site, new_context: Callable[..., BrowserContext], path: str, leads_to: str
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.url + path)
    if leads_to:
        page.wait_for_url(f"**{leads_to}")
    else:
        page.get_by_role("link", name="the start page").click()
        expect(page.locator("h1")).to_contain_text(content().profile.claim)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/chat/lobby", 200), ("/chat/general", 404), ("/chat/No%20name", 404), ("/runs/nope", 404)],
)
def test_an_address_of_nothing_answers_so(site: Site, path: str, status: int) -> None:
    assert httpx.get(f"{site.url}{path}").status_code == status


@pytest.mark.parametrize("path", UNLISTED)
def test_other_pages_stay_out_of_search_engines(site: Site, path: str) -> None:
    assert meta(html_of(site, path))["robots"] == "noindex"


def test_the_sitemap_names_exactly_the_pages_that_answer(site: Site) -> None:
    root = ET.fromstring(httpx.get(f"{site.url}/sitemap.xml").content)
    named = [url.findtext(f"{SITEMAP}loc") for url in root]
    assert named == [f"{site.url}{page.route}" for page in LISTED]
    assert f"Sitemap: {site.url}/sitemap.xml" in httpx.get(f"{site.url}/robots.txt").text


def test_the_style_guide_is_not_in_a_build(site: Site) -> None:
    built = Frontend(ROOT).ensure_built(site.data_dir)
    assert [
        path for path in built.rglob("*") if path.is_file() and b"guide-specimen" in path.read_bytes()
    ] == []
    assert httpx.get(f"{site.url}/styleguide").status_code == 404
    assert "styleguide" not in httpx.get(f"{site.url}/robots.txt").text


def test_the_feed_links_to_pages_that_answer(site: Site) -> None:
    answer = httpx.get(f"{site.url}/feed.xml")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    entries = list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))
    assert len(entries) == len(content().articles)
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert httpx.get(link.get("href", "")).status_code == 200


def test_the_manifest_and_its_icons_are_there(site: Site) -> None:
    html = html_of(site, "/")
    (manifest,) = [tag["href"] for tag in tags(html, "link") if tag["rel"] == "manifest"]
    answer = httpx.get(f"{site.url}{manifest}")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    for icon in answer.json()["icons"]:
        assert httpx.get(f"{site.url}{icon['src']}").status_code == 200


def test_walking_to_another_page_brings_its_own_tags(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    if not content().articles:
        pytest.skip("there is no article")
    page = new_context().new_page()
    article = content().articles[0]
    page.goto(f"/{article.kind}")
    page.get_by_role("link", name=article.front.title).click()
    canonical = page.locator("link[rel=canonical]")
    expect(canonical).to_have_count(1)
    expect(canonical).to_have_attribute("href", f"{site.url}{article.path}")


def test_the_resume_fits_two_sheets_of_paper(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto("/resume")
    expect(page.locator("h1")).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Site")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_nothing_is_served_but_what_was_built_for_visitors(site: Site) -> None:
    with httpx.Client(base_url=site.url, timeout=60) as client:
        assert client.get("/sign-in").headers["content-type"] == "text/html; charset=utf-8"
        for path in (
            "/.git/config",
            "/.env",
            "/assets/",
            "/assets",
            "/portfolio_app/settings/__init__.py",
            "/..%2f..%2fpyproject.toml",
            "/assets/..%2f..%2f..%2frequirements.txt",
            "/docs",
            "/openapi.json",
            "/styleguide",
        ):
            assert client.get(path).status_code in (400, 404), path
        for method in ("TRACE", "CONNECT", "PUT", "DELETE"):
            answer = client.request(method, "/", headers={"origin": site.url})
            assert answer.status_code in (400, 403, 404, 405), method
