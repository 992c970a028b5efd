"""What stops a build whose content is wrong."""

from pathlib import Path


class ContentError(ValueError):
    """A file of the content is wrong; the text is one sentence that begins with the file and the line."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        here = Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        super().__init__(f"{shown}:{line}: {reason}")
        self.path = path
        self.line = line
