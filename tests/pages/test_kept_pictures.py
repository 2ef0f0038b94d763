"""Each page of the menu has its picture in docs/pictures, by day, by night and on a phone."""

from urllib.parse import urlsplit

from pages._shell.catalog import CATALOG
from tests.browser.pictures import AWAY, DOORSTEP, LARGE, LOOKS, PICTURES, PLACE

EVERY = (*DOORSTEP, *PICTURES, *LARGE, AWAY)


def test_each_page_of_the_menu_is_photographed() -> None:
    assert {page.path for page in CATALOG} - {urlsplit(each.address).path.strip("/") or "home" for each in PICTURES} == set()


def test_each_picture_is_kept_in_each_look_and_no_other() -> None:
    assert {path.stem for path in PLACE.glob("*.png")} == {f"{each.name}-{look}" for each in EVERY for look in LOOKS}
