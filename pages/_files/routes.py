"""All routes by which files leave."""

from starlette.routing import Route

from pages._files.asking import for_known, for_signed_in
from pages._files.calendar import calendar_feed, calendar_file, subscribed
from pages._files.export import export
from pages._files.picture import picture_file
from pages._files.printing import printed_page
from pages._files.template import template
from pages._files.troubles import troubles

FILES = [
    Route("/export/{name:path}", for_signed_in(export), methods=["GET"]),
    Route("/calendar/feed.ics", for_known(subscribed, calendar_feed), methods=["GET"]),
    Route("/calendar/{name:path}", for_signed_in(calendar_file), methods=["GET"]),
    Route("/print/{name:path}", for_signed_in(printed_page), methods=["GET"]),
    Route("/template/{name:path}", for_signed_in(template), methods=["GET"]),
    Route("/import-errors/{name:path}", for_signed_in(troubles), methods=["GET"]),
    Route("/picture/{name:path}", for_signed_in(picture_file), methods=["GET"]),
]
