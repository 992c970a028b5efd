"""A Redis stream whose entries the site numbers itself: 2-0, 3-0, 4-0, …, whatever the server's clock says.

Beside it lies a hash with the number given out last, and the stream's epoch: a random text that is made with it.
"""

import secrets
from collections.abc import Callable
from typing import Any, Final, cast

from redis.asyncio import Redis

from portfolio_app.app.events import Event
from portfolio_app.infra.bus.cursor import Look, Loss
from portfolio_app.infra.bus.shared import Stream

# Entries of an epoch that nobody knows any more are cut off; the numbers go on.
_STATE: Final = """
local function last_id()
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[2])
  redis.call('XADD', KEYS[1], '1-0', 'epoch', ARGV[1])
end
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'last', string.match(last_id(), '%d+'))
end
local epoch = redis.call('HGET', KEYS[2], 'epoch')
"""
# A release that leaves the numbers to Redis may write beside this one during a deploy: its clock is ahead.
_APPEND: Final = (
    _STATE
    + """
local function add(number)
  return redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], string.format('%.0f-0', number),
    'epoch', epoch, 'from', ARGV[3], 'events', ARGV[4])
end
local added = add(redis.call('HINCRBY', KEYS[2], 'last', 1))
if type(added) == 'table' and added.err then
  local number = string.match(last_id(), '%d+') + 1
  redis.call('HSET', KEYS[2], 'last', string.format('%.0f', number))
  added = add(number)
end
return added
"""
)
# A Redis that is full, or a read-only replica, still answers reads while no worker can publish to it.
_LOOK: Final = (
    _STATE
    + """
redis.call('HSET', KEYS[2], 'looked', 1)
local info = redis.pcall('INFO', 'server')
return {epoch, last_id(), type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''}
"""
)


class RedisStream(Stream):
    """Implements `Stream` with scripts."""

    def __init__(
        self, redis: Redis, name: str, kept: int, sender: str, missed: Callable[[Loss], Event]
    ) -> None:
        """`kept` entries at least stay in it; `sender` marks those of this worker."""
        super().__init__(name, missed)
        self._kept = kept
        self._sender = sender
        self._keys = [name, f"{name}:numbers"]
        self._append = redis.register_script(_APPEND)
        self._look = redis.register_script(_LOOK)

    async def look(self) -> Look:
        """Ask the server about the stream, which is made where there is none; raises where it takes no writes."""
        answer = await self._look(keys=self._keys, args=[secrets.token_hex(8)])
        return Look(*cast("list[Any]", answer))

    async def _write(self, payload: str) -> None:
        await self._append(keys=self._keys, args=[secrets.token_hex(8), self._kept, self._sender, payload])
