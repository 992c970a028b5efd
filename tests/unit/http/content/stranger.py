"""The content folder of somebody else."""

import re
from pathlib import Path

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
