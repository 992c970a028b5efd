"""Commands for members and rooms: roles, accounts, and the list of chat rooms."""

import argparse
from collections.abc import Callable
from functools import partial

from portfolio_app.launcher.errors import LaunchError, root_cause
from portfolio_app.launcher.upkeep import Add
from portfolio_app.settings import Settings


def add_commands(add: Add) -> None:
    """Add `promote`, `demote`, `room` and `user`."""
    promote = add("promote", _promote, "make a member a moderator")
    promote.add_argument("username")
    promote.add_argument(
        "--owner", action="store_true", help="the owner: a moderator with a mark of their own"
    )
    add("demote", _demote, "make a moderator or owner a member again").add_argument("username")
    _add_room(add("room", _room, "make, rename, reorder or archive chat rooms"))
    _add_user(add("user", _user, "let a member in again, sign one out, or keep one out"))


def _promote(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    _change_role(partial(maintenance.promote, owner=chosen.owner), settings, chosen.username)
    print(f"{chosen.username} is {'an owner' if chosen.owner else 'a moderator'} now")


def _demote(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    _change_role(maintenance.demote, settings, chosen.username)
    print(f"{chosen.username} is no longer a moderator")


def _room(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance
    from portfolio_app.app.chat.rooms import RoomChange

    try:
        maintenance.change_room(
            settings, RoomChange(chosen.change), chosen.slug, getattr(chosen, "title", "")
        )
    except ValueError as error:
        raise LaunchError(str(error)) from None
    except Exception as error:
        raise LaunchError(f"the rooms stay as they were: {root_cause(error)}") from error
    print(f"{chosen.change}: {chosen.slug}")
    if not (settings.redis_url or settings.nats_url):  # nothing reaches the process of a running site
        print("it counts at once; open tabs show it when they are opened anew")


def _user(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    name, change = chosen.username, chosen.change
    try:
        if change == "reset":
            done = maintenance.reset_link(settings, name)
        elif change == "confirm":
            maintenance.confirm_email(settings, name)
            done = f"{name} holds the address of the account now"
        elif change == "end-sessions":
            done = f"{name} is signed out of {maintenance.end_sessions(settings, name)} browsers"
        else:
            maintenance.disable(settings, name, disabled=change == "disable")
            done = f"{name} is {change}d"
    except LookupError:
        raise LaunchError(f"there is no member called {name}") from None
    except Exception as error:
        raise LaunchError(f"the account stays as it was: {root_cause(error)}") from error
    print(done)


def _change_role(change: Callable[[Settings, str], None], settings: Settings, username: str) -> None:
    try:
        change(settings, username)
    except LookupError:
        raise LaunchError(f"there is no member called {username}") from None
    except Exception as error:
        raise LaunchError(f"the role stays as it was: {root_cause(error)}") from error


def _add_room(room: argparse.ArgumentParser) -> None:
    changes = room.add_subparsers(title="changes", metavar="CHANGE", required=True, dest="change")
    for change, text in (
        ("make", "a new room at the end of the list"),
        ("rename", "give a room another title"),
        ("raise", "one place up in the list"),
        ("archive", "keep a room for reading, out of the list"),
        ("reopen", "let people write into an archived room again"),
        ("slow", "seconds between two posts of one author, 0 for none"),
    ):
        made = changes.add_parser(change, help=text, description=text)
        made.add_argument("slug", metavar="NAME", help="its name in the address, such as lobby")
        if change in ("make", "rename"):
            made.add_argument("title", metavar="TITLE")
        if change == "slow":
            made.add_argument("title", metavar="SECONDS", help="0 to 3600")


def _add_user(user: argparse.ArgumentParser) -> None:
    changes = user.add_subparsers(title="changes", metavar="CHANGE", required=True, dest="change")
    for change, text in (
        ("reset", "print a link that sets another password, once, within an hour"),
        (
            "confirm",
            "let a member hold the address of the account: reset links go there, also if others have it",
        ),
        ("end-sessions", "sign a member out of every browser"),
        ("disable", "keep a member out"),
        ("enable", "let a member in again"),
    ):
        changes.add_parser(change, help=text, description=text).add_argument("username", metavar="NAME")
