"""The numbers."""

from collections.abc import Mapping
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond

from portfolio_app.app.ports.limiter import Scope

RATES: Final[Mapping[Scope, RateLimitItem]] = {
    Scope.POST_SESSION: RateLimitItemPerSecond(5, 10),
    Scope.POST_IP: RateLimitItemPerSecond(60, 10),
    Scope.SIGN_IN_ACCOUNT: RateLimitItemPerMinute(5),
    Scope.SIGN_IN_IP: RateLimitItemPerMinute(30),
    Scope.REGISTER_IP: RateLimitItemPerMinute(20, 10),
    Scope.BURST_IP: RateLimitItemPerMinute(20),
    Scope.ATTACK_SESSION: RateLimitItemPerMinute(20),
    Scope.ATTACK_IP: RateLimitItemPerMinute(60),
    Scope.ATTACK_ALL: RateLimitItemPerMinute(300),
}
"""Attempts per moving window, e.g. `PerSecond(5, 10)` is 5 in 10 seconds."""
