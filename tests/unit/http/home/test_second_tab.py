"""The QR code of the site's address, and where there is none."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno
from starlette.requests import Request

from portfolio_app.http.home.second_tab import code, public_address
from tests.unit.http.site import FakeSite

QUIET_ZONE = 2
STROKE = re.compile(r"([Mmh])(-?[0-9.]+)(?: ?(-?[0-9.]+))?")


def modules_of(svg: bytes) -> set[tuple[int, int]]:
    """Row and column of every dark module, as the strokes draw them, without the quiet zone."""
    root = ET.fromstring(svg)
    (drawn,) = [path for path in root.iter() if path.get("stroke") == "#000"]
    x, y, found = 0.0, 0.0, set[tuple[int, int]]()
    for command, first, second in STROKE.findall(drawn.attrib["d"]):
        match command:
            case "M":
                x, y = float(first), float(second)
            case "m":
                x, y = x + float(first), y + float(second)
            case "h":
                columns = range(round(x), round(x + float(first)))
                found |= {(int(y) - QUIET_ZONE, column - QUIET_ZONE) for column in columns}
                x += float(first)
    return found


@pytest.mark.parametrize(
    "address", ["https://you.example", "https://a-much-longer-name.of-a-site.example:8443"]
)
async def test_the_code_has_the_modules_of_the_address(site: FakeSite, address: str) -> None:
    site.install(public_url=address)
    answer = await code(Request({"type": "http", "method": "GET", "path": "/second-tab.svg", "headers": []}))
    expected = segno.make_qr(address, error="m").matrix
    dark = {
        (row, column) for row, line in enumerate(expected) for column, is_dark in enumerate(line) if is_dark
    }
    assert answer.media_type == "image/svg+xml"
    assert modules_of(bytes(answer.body)) == dark
    size = len(expected) + 2 * QUIET_ZONE
    assert ET.fromstring(bytes(answer.body)).get("viewBox") == f"0 0 {size} {size}"
    assert public_address() == address


async def test_without_an_address_of_its_own_a_page_names_none(site: FakeSite) -> None:
    site.install(public_url="http://localhost:3000", any_local=True)
    assert public_address() == ""
