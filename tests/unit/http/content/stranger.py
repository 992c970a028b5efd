"""The content folder of somebody else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from portfolio_app.http.content import loader

PROFILE = """\
site = "Ada's desk"
tagline = "engines and notes"
name = "Ada Stranger"
role = "Analytical engines"
summary = "Notes on an engine that weaves algebra."
claim = "I weave algebra."
ledes = ["It might act upon other things besides number."]
work_lede = "Engines."
writing_lede = "Notes."
resume_lede = "One sheet."

[[links]]
label = "Letters"
href = "mailto:ada@engine.example"

[[resume]]
title = "Engines"

[[resume.entries]]
title = "Translator"
where = "London"
points = ["Note G"]
"""
ARTICLE = """\
+++
title = "Note G"
summary = "Bernoulli numbers, by machine."
date = 1843-09-01
tags = ["numbers"]
+++

## The order of operations

They are *distinct* from <b>the thing</b> operated on.
"""
MARK = "Quondam"
"""A word that no page has from anybody else."""


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's content below `folder`, in place of the owner's until the iterator goes on."""
    written = write(folder / "content")
    monkeypatch.setenv("CONTENT_DIR", str(written))
    loader.content.cache_clear()
    yield written
    loader.content.cache_clear()


def write(folder: Path) -> Path:
    """Lay the files out in `folder`."""
    (folder / "work").mkdir(parents=True)
    (folder / "writing").mkdir()
    (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
    (folder / "work" / "note-g.md").write_text(ARTICLE, encoding="utf-8")
    return folder


def write_marked(folder: Path) -> Path:
    """The same with `MARK` at the beginning of every text but addresses and dates."""
    for path in (write(folder) / "profile.toml", folder / "work" / "note-g.md"):
        text = re.sub(r'([=\[] ?")(?!mailto)', rf"\1{MARK} ", path.read_text(encoding="utf-8"))
        path.write_text(text.replace("They", f"{MARK} they"), encoding="utf-8")
    return folder


LANGUAGES = ("ja", "ar", "de")
NAMES = {
    "ja": "山田 花子・クリストファー",
    "ar": "عبد الرحمن بن محمد الخوارزمي",
    "de": "Maximiliane Freifrau von Großmüller-Lüdenscheidt",
}
TITLES = {
    "ja": "分散システムにおける時計の同期について考えたこと",
    "ar": "كيف تعلمت أن أقيس زمن الاستجابة قبل أن أكتب الشيفرة",
    "de": "Warum Donaudampfschifffahrtsgesellschaftskapitäne Warteschlangen mögen",
}
SENTENCES = {
    "ja": "待ち行列が長くなると応答時間は急に伸びる。測ってから直すのが一番早い。",
    "ar": "عندما تطول قائمة الانتظار يرتفع زمن الاستجابة فجأة، ولذلك نقيس قبل أن نصلح.",
    "de": "Wird die Warteschlange länger, so steigt die Antwortzeit sprunghaft; erst messen, dann ändern.",
}
TAGS = {"ja": "時計", "ar": "قياس", "de": "Größenordnung"}
SCRIPT_PROFILE = """\
lang = "de"
site = "{de}"
tagline = "Werkstatt und Notizen"
name = "{de}"
role = "Softwareentwicklung, 分散システム, أنظمة موزعة"
summary = "Verteilte Systeme, gemessen und beschrieben."
claim = "Ich baue Systeme, die man messen kann."
ledes = ["{ja} hat das Vorwort geschrieben, {ar} die Übersetzung."]
work_lede = "Woran ich gearbeitet habe."
writing_lede = "Was ich dabei gelernt habe."
resume_lede = "Passt auf zwei Blätter."
sections = []

[[links]]
label = "連絡先"
href = "mailto:max@grossmueller.example"

[[resume]]
title = "Berufserfahrung"
kind = "work"
"""
SCRIPT_ENTRY = """
[[resume.entries]]
title = "{title}"
where = "{name}"
when = "2019 bis 2026"
points = ["{sentence}", "{sentence}"]
"""
SCRIPT_ARTICLE = """\
+++
title = "{title} {number}"
summary = "{sentence}"
lang = "{language}"
math = true
date = {date}
tags = ["{tag}", "postgresql"]
{more}+++

{picture}{sentence} `select 1` {sentence}[^1] $L = \\lambda W$

## {title}

> [!NOTE]
> {sentence}

```python title="{language}.py" {{1}}
answer = 42
```

| {tag} | p50 |
| --- | --- |
| {name} | 5,0 |

$$\\sqrt{{\\frac{{\\rho^2}}{{1-\\rho}}}}$$

- [x] {sentence}

{tag}
: {sentence}

{text}

## {tag}

- {sentence}
- [PostgreSQL](https://www.postgresql.org)

## {name}

{text}

[^1]: {sentence}
"""


def add_in_scripts(folder: Path) -> None:
    """To a site that is there: an article in each script, and a project with a picture in the one from the right."""
    _draw(folder, 1)
    for kind, numbers in (("writing", (0, 1, 2)), ("work", (1,))):
        for number in numbers:
            (folder / kind / f"n{number}.md").write_text(_in_script(kind, number), encoding="utf-8")


def write_in_scripts(folder: Path, articles: int = 30, projects: int = 12) -> Path:
    """A site of many articles, and of projects with pictures, in scripts of all kinds."""
    for kind in ("work", "writing"):
        (folder / kind).mkdir(parents=True)
    for number in range(projects):
        _draw(folder, number)
    for kind, most in (("work", projects), ("writing", articles)):
        for number in range(most):
            (folder / kind / f"n{number}.md").write_text(_in_script(kind, number), encoding="utf-8")
    entries = (
        SCRIPT_ENTRY.format(title=TITLES[each], name=NAMES[each], sentence=SENTENCES[each])
        for each in LANGUAGES
    )
    (folder / "profile.toml").write_text(SCRIPT_PROFILE.format(**NAMES) + "".join(entries), encoding="utf-8")
    return folder


def _draw(folder: Path, number: int) -> None:
    """A picture for a light and one for a dark ground."""
    light, dark = ((40 + 15 * number, 90, 150), (20, 60 + 10 * number, 90))
    for name, colour in ((f"p{number}.png", light), (f"p{number}.dark.png", dark)):
        Image.linear_gradient("L").resize((1200, 750)).convert("RGB").point(
            [value * part // 255 for part in colour for value in range(256)]
        ).save(folder / "work" / name)


def _in_script(kind: str, number: int) -> str:
    language = LANGUAGES[number % len(LANGUAGES)]
    cover = f'[cover]\nfile = "p{number}.png"\nalt = "{TAGS[language]}"\n' if kind == "work" else ""
    picture = f'![{TAGS[language]}](p{number}.png "{SENTENCES[language]}")\n\n' if kind == "work" else ""
    return SCRIPT_ARTICLE.format(
        language=language,
        title=TITLES[language],
        number=number,
        sentence=SENTENCES[language],
        name=NAMES[language],
        tag=TAGS[language],
        date=f"{2020 + number % 7}-0{1 + number % 9}-15",
        picture=picture,
        more=('years = "2020–2026"\n' if cover else "") + cover,
        text=" ".join([SENTENCES[language]] * (8 + number)),
    )
