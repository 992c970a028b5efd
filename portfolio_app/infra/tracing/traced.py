"""Puts steps around use cases and ports without either knowing."""

import inspect
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from types import CodeType
from typing import Any, TypeVar, cast

from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.app.ports.unit_of_work import Repositories, Rows, UnitOfWork
from portfolio_app.infra.tracing.recorder import Label, TimedStep, sampled_parent

R = TypeVar("R")
Port = TypeVar("Port")
UseCase = TypeVar("UseCase", bound=Callable[..., Awaitable[object]])
Observer = Callable[[float], None]
"""Called with the seconds that a use case took, once it has succeeded."""


def traced(use_case: UseCase, target: Target, *observers: Observer) -> UseCase:
    """The same use case, each call timed as a step named after its class.

    To a type checker and an editor it stays what it is, so that a call leads to the `__call__` of its class.
    """
    return cast("UseCase", _TracedUseCase(use_case, target, observers))


def traced_port(port: Port, layer: Layer) -> Port:
    """The same port, each of its methods timed as a step named after class and method."""
    return cast("Port", _TracedPort(port, layer))


class TracedUnitOfWork(UnitOfWork):
    """A unit of work whose transactions, and the repository calls inside, are steps."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._label = Label(labels(None, Layer.INFRA) | source(_code_of(type(unit_of_work), "run")))

    async def run(self, work: Callable[[Repositories], R]) -> R:
        """See the port."""
        with TimedStep("transaction", self._label):
            return await self._unit_of_work.run(_traced(work))

    async def read(self, work: Callable[[Repositories], R]) -> R:
        """See the port."""
        with TimedStep("transaction", self._label):
            return await self._unit_of_work.read(_traced(work))


def _traced(work: Callable[[Repositories], R]) -> Callable[[Repositories], R]:
    def traced_work(repositories: Repositories) -> R:
        return work(cast("Repositories", _TracedRepositories(repositories)))

    return traced_work if sampled_parent() else work


class _TracedRepositories:
    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (stands in for whatever there is)
        return _TracedPort(getattr(self._repositories, name), Layer.INFRA)

    def rows(self, kind: type[R]) -> Rows[R]:
        return traced_port(self._repositories.rows(kind), Layer.INFRA)


class _TracedUseCase:
    def __init__(
        self, use_case: Callable[..., Awaitable[object]], target: Target, observers: tuple[Observer, ...]
    ) -> None:
        kind = type(use_case)
        self._use_case = use_case
        self._name = kind.__name__
        self._label = Label(labels(target, Layer.APP) | source(_code_of(kind, "__call__")))
        self._observers = observers

    async def __call__(self, *args: object, **kwargs: object) -> object:
        with TimedStep(self._name, self._label):
            started = time.perf_counter()
            result = await self._use_case(*args, **kwargs)
            for observe in self._observers:
                observe(time.perf_counter() - started)
            return result

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (stands in for whatever there is)
        return getattr(self._use_case, name)


class _TracedPort:
    def __init__(self, port: object, layer: Layer) -> None:
        self._port = port
        self._layer = layer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (stands in for whatever there is)
        found = getattr(self._port, name)
        if not inspect.ismethod(found):
            return found
        step, label = _step_of(type(self._port), name, self._layer)  # type: ignore[arg-type] # classes can be hashed

        def call(*args: object, **kwargs: object) -> object:
            with TimedStep(step, label):
                return found(*args, **kwargs)

        async def call_and_wait(*args: object, **kwargs: object) -> object:
            with TimedStep(step, label):
                return await found(*args, **kwargs)

        return call_and_wait if inspect.iscoroutinefunction(found) else call


@lru_cache(maxsize=256)
def _step_of(kind: type[Any], method: str, layer: Layer) -> tuple[str, Label]:
    return f"{kind.__name__}.{method}", Label(labels(None, layer) | source(_code_of(kind, method)))


def _code_of(kind: type[Any], method: str) -> CodeType:
    code: CodeType = inspect.unwrap(getattr(kind, method)).__code__
    return code
