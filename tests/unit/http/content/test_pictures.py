"""Pictures are measured with the content, refused by file and line, and written once."""

import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from portfolio_app import folders
from portfolio_app.http.build.browser_files import write_made
from portfolio_app.http.content.crawlers import _read_elsewhere
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.markdown import render
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.content.pictures import locate
from tests.site import ROOT
from tests.unit.http.content import stranger

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300.4 200">{}</svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = stranger.write(tmp_path / "content")
    Image.new("RGB", (1000, 500), "teal").save(folder / "work" / "engine.png")
    return folder


def shown(folder: Path, text: str) -> str:
    return render(text, folder / "work" / "note-g.md", root=folder).html


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ContentError) as caught:
        shown(folder, text)
    return str(caught.value).removeprefix(f"{folder}/")


def test_a_picture_has_its_size_words_caption_and_widths_never_larger_than_itself(folder: Path) -> None:
    html = shown(folder, f'{"Before. " * 80}\n\n![The "engine"](engine.png "Drawn in 1843")\n\nAfter.')
    assert 'loading="lazy" decoding="async" width="1000" height="500" alt="The &quot;engine&quot;"' in html
    assert "<figcaption>Drawn in 1843</figcaption></figure>" in html
    assert html.count("<p>") == 2, "no paragraph around it"
    shown_in_text = _read_elsewhere(html)
    widths = [("480", "480"), ("800", "800"), ("1000", "1000")]
    assert re.findall(r"-(\d+)\.avif (\d+)w", shown_in_text) == widths
    assert shown_in_text.count("<source ") == 2
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert "data-shown-in" not in html


def test_inside_a_sentence_it_stays_in_the_sentence_and_may_say_nothing(folder: Path) -> None:
    html = shown(folder, "See ![decorative](engine.png) and [![An engine](engine.png)](/work/note-g).")
    assert "<figure" not in html
    assert 'alt=""' in html
    assert 'href="/work/note-g"><picture>' in html


def test_a_picture_by_itself_is_enlarged_without_a_script_and_feeds_have_it_once(folder: Path) -> None:
    html = shown(folder, "![An engine](engine.png)\n\n![decorative](engine.png)\n\nIn ![a](engine.png) line.")
    assert re.findall(
        r'<button type="button" data-enlarge popovertarget="(\w+)" aria-label="([^"]*)"', html
    ) == [
        ("picture_1", "Enlarge: An engine"),
        ("picture_2", "Enlarge the picture"),
    ]
    assert re.findall(r'<dialog popover id="(\w+)" aria-label="([^"]*)"', html) == [
        ("picture_1", "An engine"),
        ("picture_2", "Enlarge the picture"),
    ]
    assert html.count('sizes="100vw"') == 4
    elsewhere = _read_elsewhere(html)
    assert elsewhere.count("<picture>") == 3
    assert "dialog" not in elsewhere
    assert "button" not in elsewhere


def test_a_small_picture_is_as_it_is(folder: Path) -> None:
    Image.new("RGB", (480, 20), "teal").save(folder / "work" / "small.png")
    assert "<button" not in shown(folder, "![Small](small.png)")


def test_the_picture_of_the_first_screen_is_loaded_at_once_and_before_others(folder: Path) -> None:
    html = shown(folder, "Before.\n\n![An engine](engine.png)\n\n![Another](engine.png)\n\n")
    first, *others = re.findall("<img[^>]*>", html)
    assert 'fetchpriority="high"' in first
    assert "lazy" not in first
    assert "async" not in first
    assert len(others) == 3, "enlarged, and the second one twice"
    assert all('loading="lazy" decoding="async"' in each and "fetchpriority" not in each for each in others)

    Image.new("RGB", (1000, 500), "navy").save(folder / "work" / "engine.dark.png")
    two = re.findall("<img[^>]*>", shown(folder, "![An engine](engine.png)"))[:2]
    assert all('loading="lazy" fetchpriority="high"' in each for each in two), "one of them is not shown"
    assert "fetchpriority" not in shown(folder, f"{'Before. ' * 80}\n\n![An engine](engine.png)")


def test_colours_of_ink_become_colours_of_screens(folder: Path, tmp_path: Path) -> None:
    path = folder / "work" / "print.jpg"
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(path, icc_profile=b"a profile of inks")
    picture = locate("print.jpg", folder / "work" / "note-g.md", folder)
    for made in picture.files():
        made.write(target := tmp_path / made.name)
        with Image.open(target) as written:
            red, green, blue = written.convert("RGB").getpixel((9, 9))
            assert red > 200 > 90 > max(green, blue)
            assert "icc_profile" not in written.info


def test_a_dark_variant_stands_beside_the_light_one(folder: Path) -> None:
    Image.new("RGB", (1000, 500), "navy").save(folder / "work" / "engine.dark.png")
    html = shown(folder, "![An engine](engine.png)")
    assert re.findall(r'data-shown-in="(\w+)"', html) == ["light", "dark"] * 2, "in the text, and enlarged"
    assert "engine-dark-" in html
    Image.new("RGB", (10, 5), "navy").save(folder / "work" / "engine.dark.png")
    assert "engine.dark.png is 10 x 5, and engine.png is not" in refused(folder, "![An engine](engine.png)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "![](engine.png)",
            "engine.png has no words for readers who can't see it; ![decorative](engine.png)",
        ),
        ("![x](gone.png)", "there is no picture gone.png"),
        ("![x](../../secret.png)", "a picture lies beside the text that shows it, unlike ../../secret.png"),
        ("![x](https://else.example/x.png)", "a picture lies beside the text that shows it, unlike https:"),
        ("![x](/icon-192.png)", "a picture lies beside the text that shows it, unlike /icon-192.png"),
        ("![x](note-g.md)", "note-g.md is no PNG, JPEG, WebP, AVIF, GIF or SVG that can be read"),
        ("![x](runs.svg)", "runs.svg has a script; a picture runs nothing"),
        ("![x](clicks.svg)", "clicks.svg has a script; a picture runs nothing"),
        ("![x](sizeless.svg)", "sizeless.svg says neither width and height nor a viewBox"),
        ("![x](endless.svg)", "endless.svg says neither width and height nor a viewBox"),
        (
            "![x](inline.svg)",
            'inline.svg is no SVG: a file begins with <svg xmlns="http://www.w3.org/2000/svg">',
        ),
        ("![x](runes.svg)", "runes.svg is no SVG: unknown encoding: runes"),
        ("![x](%00.png)", "there is no picture '\\x00.png'"),
        (f"![x]({'long' * 99}.png)", "there is no picture 'long"),
        ("![x](half.png)", "half.png is no PNG"),
        ("![x](moves.gif)", "moves.gif moves; a picture stands still"),
        ("![x](huge.png)", "huge.png has more than 50 million pixels"),
        ('![x](engine.png "c") beside', "engine.png has a caption, so it stands in a paragraph of its own"),
    ],
)
def test_a_wrong_picture_is_named_by_file_and_line(folder: Path, text: str, said: str) -> None:
    work = folder / "work"
    (work / "runs.svg").write_text(SVG.format("<script>alert(1)</script>"))
    (work / "clicks.svg").write_text(SVG.format('<g onclick="alert(1)"/>'))
    (work / "sizeless.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (work / "endless.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 inf 9"/>')
    (work / "inline.svg").write_text('<svg width="9" height="9"/>')
    (work / "runes.svg").write_text('<?xml version="1.0" encoding="runes"?><svg/>')
    (work / "half.png").write_bytes((work / "engine.png").read_bytes()[:100])
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(work / "moves.gif", save_all=True, append_images=frames[1:])
    if "huge" in text:
        Image.new("1", (7500, 7000)).save(work / "huge.png")
    assert refused(folder, f"Text,\nand\n{text}").startswith(f"work/note-g.md:3: {said}")


def test_a_drawing_is_shown_as_it_is(folder: Path) -> None:
    (folder / "work" / "plan.svg").write_text(SVG.format("<path d='M0 0h9'/>"))
    html = shown(folder, "![A plan](plan.svg)")
    assert 'width="300" height="200"' in html
    assert "<source" not in html


def test_a_missing_picture_stops_the_build_and_so_does_a_cover(folder: Path) -> None:
    article = folder / "work" / "note-g.md"
    cover = stranger.ARTICLE.replace("+++\n\n##", '[cover]\nfile = "gone.png"\nalt = "An engine"\n+++\n\n##')
    article.write_text(cover)
    with pytest.raises(ContentError, match=r"work/note-g\.md:7: cover: there is no picture gone\.png"):
        read(folder)
    article.write_text(cover.replace("gone", "engine"))
    (found,) = read(folder).work
    assert 'alt="An engine"' in found.cover
    article.write_text(stranger.ARTICLE + "\n![x](gone.png)\n")
    with pytest.raises(ContentError, match=r"work/note-g\.md:12: there is no picture gone\.png"):
        read(folder)


def test_the_build_writes_what_the_pages_name_once_and_forgets_the_rest(folder: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "where it was taken"
    Image.new("RGB", (600, 300), "teal").save(folder / "work" / "phone.jpg", exif=exif)
    article = folder / "work" / "note-g.md"
    article.write_text(stranger.ARTICLE + "\n![x](engine.png)\n\n![y](phone.jpg)\n")
    content, web = read(folder), tmp_path / ".web"
    write_made(web, content)
    made = {file.name: file.stat().st_mtime_ns for file in (web / "public/pictures").iterdir()}
    assert set(re.findall(r"/pictures/([\w.-]+)", content.work[0].html)) == set(made)
    for name in made:
        with Image.open(web / "public/pictures" / name) as picture:
            assert not picture.getexif()
            assert (picture.width > picture.height) == name.startswith("engine")
    assert 'width="300" height="600"' in content.work[0].html

    article.write_text(stranger.ARTICLE + "\n![x](engine.png)\n")
    write_made(web, read(folder))
    kept = {file.name: file.stat().st_mtime_ns for file in (web / "public/pictures").iterdir()}
    assert kept == {name: at for name, at in made.items() if name.startswith("engine")}


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x0b", "\ufffe"])
def test_what_no_feed_can_carry_is_refused_where_it_stands(folder: Path, sign: str) -> None:
    (folder / "work" / "note-g.md").write_text(stranger.ARTICLE + f"\nred {sign}\n")
    with pytest.raises(ContentError, match=rf"work/note-g\.md:12: holds the character U\+{ord(sign[0]):04X}"):
        read(folder)


@pytest.mark.parametrize(
    "drawing", sorted((folders.content() / "writing").glob("layers*.svg")), ids=lambda file: file.name
)
def test_the_drawing_of_the_layers_is_that_of_the_code(drawing: Path) -> None:
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in linted if contract["id"] == "layers")
    drawn = re.findall(r'y="(\d+)" font-size="18".*>(\w+)</text>', drawing.read_text())
    rows: dict[int, list[str]] = {}
    for y, name in drawn:
        rows.setdefault(int(y), []).append(name)
    assert [" | ".join(rows[y]) for y in sorted(rows, reverse=True)] == layers[-3:]
