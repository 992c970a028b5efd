"""Every use case on fakes."""

from dataclasses import dataclass, field, replace

import pytest

from portfolio_app.app.account.change_email import ChangeEmail
from portfolio_app.app.account.change_password import ChangePassword
from portfolio_app.app.account.confirm_email import ConfirmEmail
from portfolio_app.app.account.elevate import Prove
from portfolio_app.app.account.identify import Identify
from portfolio_app.app.account.leave import ExportAccount, LeaveAccount, PurgeAccounts
from portfolio_app.app.account.letters import Letters, SendResetLink
from portfolio_app.app.account.names import ChangeUsername, FollowNames
from portfolio_app.app.account.passkeys import Passkeys
from portfolio_app.app.account.passwords import NewPasswords, PasswordCheck
from portfolio_app.app.account.recover import MakeCodes, MakeResetLink, RecoverAccount
from portfolio_app.app.account.redeem import RedeemTicket
from portfolio_app.app.account.register import Register, RegisterCommand
from portfolio_app.app.account.set_role import SetRole
from portfolio_app.app.account.sign_in import SignIn
from portfolio_app.app.account.sign_out import SignOut
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.history import ReadHistory
from portfolio_app.app.chat.own_messages import OwnMessages
from portfolio_app.app.chat.post_message import PostCommand, PostMessage
from portfolio_app.app.chat.react import ReactToMessage
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.chat.rooms import KeepArticleRooms, ListRooms, ManageRooms
from portfolio_app.app.moderation.decide import DecideOnMessage
from portfolio_app.app.moderation.mute import MuteAuthors
from portfolio_app.app.moderation.report import ReportMessage
from portfolio_app.app.moderation.review import ReviewQueue
from portfolio_app.app.ports.journal import Stored
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.pieces import ReadPieces
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.hasher import FakeGuesses, FakeHasher
from tests.fakes.journal import FakeJournal
from tests.fakes.limiter import FakeLimiter
from tests.fakes.mail import FakeMail
from tests.fakes.passkeys import FakeCeremonies
from tests.fakes.samples import caller
from tests.fakes.sealer import FakeSealer
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork

PASSWORD = "correct horse battery"


@dataclass
class Site:
    """The fakes, and what bootstrap would make of them."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: Store = field(default_factory=Store)
    bus: FakeBus = field(default_factory=FakeBus)
    limiter: FakeLimiter = field(default_factory=FakeLimiter)
    hasher: FakeHasher = field(default_factory=FakeHasher)
    mail: FakeMail = field(default_factory=FakeMail)

    def __post_init__(self) -> None:
        self.unit_of_work = FakeUnitOfWork(self.store, self.clock)
        self.sealer = FakeSealer(self.clock)
        journal = FakeJournal(self.unit_of_work, self.bus)
        policy = ModerationPolicy.with_words(["darn"])
        self.post_message = PostMessage(journal, self.limiter, policy, self.clock)
        self.change_message = ChangeMessage(self.unit_of_work, self.bus, self.clock, self.limiter, policy)
        self.open_room = OpenRoom(self.unit_of_work)
        self.catch_up = CatchUp(self.unit_of_work)
        self.read_history = ReadHistory(self.unit_of_work)
        self.own_messages = OwnMessages(self.unit_of_work, self.bus, self.clock, self.limiter)
        self.list_rooms = ListRooms(self.unit_of_work)
        self.manage_rooms = ManageRooms(self.unit_of_work, self.bus, self.clock)
        self.keep_article_rooms = KeepArticleRooms(self.unit_of_work, self.bus, self.clock)
        self.review_queue = ReviewQueue(self.unit_of_work, self.clock)
        self.decide = DecideOnMessage(self.unit_of_work, self.bus, self.clock)
        self.react = ReactToMessage(self.unit_of_work, self.bus, self.clock, self.limiter)
        self.mute_authors = MuteAuthors(self.unit_of_work, self.bus, self.clock)
        self.report = ReportMessage(self.unit_of_work, self.bus, self.clock, self.limiter)
        self.check = PasswordCheck(self.unit_of_work, self.hasher, self.limiter, self.bus, self.clock)
        self.new_passwords = NewPasswords(self.unit_of_work, self.hasher, FakeGuesses())
        self.letters = Letters(
            self.unit_of_work,
            self.mail,
            self.limiter,
            self.clock,
            "https://site.example",
            tells_sign_ins=True,
        )
        self.send_reset_link = SendResetLink(self.letters, self.limiter)
        self.register = Register(
            self.unit_of_work, self.new_passwords, self.limiter, self.sealer, self.clock, self.letters
        )
        self.sign_in = SignIn(self.check, self.sealer)
        self.change_password = ChangePassword(
            self.unit_of_work, self.check, self.new_passwords, self.bus, self.sealer, self.clock
        )
        self.names = FollowNames(self.unit_of_work, self.bus, self.clock, ReadPieces(Hosts()))
        self.change_username = ChangeUsername(
            self.unit_of_work, self.limiter, self.bus, self.clock, self.names
        )
        self.change_email = ChangeEmail(
            self.unit_of_work, self.limiter, self.bus, self.clock, self.letters, self.check
        )
        self.confirm_email = ConfirmEmail(self.unit_of_work, self.limiter, self.bus, self.clock, self.letters)
        self.sign_out = SignOut(self.sealer)
        self.recover = RecoverAccount(
            self.unit_of_work, self.new_passwords, self.limiter, self.bus, self.sealer, self.clock
        )
        self.make_codes = MakeCodes(self.unit_of_work, self.clock)
        self.reset_link = MakeResetLink(self.unit_of_work, self.clock)
        self.export = ExportAccount(self.unit_of_work, self.limiter, self.clock)
        self.leave = LeaveAccount(self.unit_of_work, self.bus, self.clock)
        self.purge_accounts = PurgeAccounts(self.unit_of_work, self.bus, self.clock)
        self.ceremonies = FakeCeremonies()
        self.passkeys = Passkeys(
            self.unit_of_work, self.ceremonies, self.limiter, self.bus, self.sealer, self.clock
        )
        self.prove = Prove(self.unit_of_work, self.check, self.clock)
        self.redeem = RedeemTicket(
            self.unit_of_work, self.bus, self.limiter, self.sealer, self.clock, self.letters
        )
        self.identify = Identify(self.unit_of_work, self.clock)
        self.set_role = SetRole(self.unit_of_work, self.clock)
        self._posts = 0

    async def post(self, body: str = "hello", by: Caller | None = None, room: str = "lobby") -> Stored:
        """Post with a client id of its own."""
        self._posts += 1
        return await self.post_message(by or caller(), PostCommand(room, f"client-{self._posts:04d}", body))

    async def member(self, name: str = "ann-1", role: Role = Role.MEMBER) -> Caller:
        """Register, sign in, hold the address, and return the member's next request."""
        visitor = caller(name)
        command = RegisterCommand(f"{name}@example.org", name, PASSWORD)
        sends, self.mail.is_set = self.mail.is_set, False  # no letter to confirm the address
        secret = (await self.redeem(visitor, await self.register(visitor, command))).secret
        await self.letters.aside.done()
        self.mail.is_set = sends
        user = self.store.users[max(self.store.users)]
        self.store.users[user.id] = replace(user, holds_email=True)
        if role is Role.MODERATOR:
            await self.set_role(name, role)
        return Caller(secret.session_id, visitor.network, f"request-of-{name}")

    async def moderator(self) -> Caller:
        """A member who may moderate."""
        return await self.member("mod-1", Role.MODERATOR)


@pytest.fixture
def site() -> Site:
    return Site()
