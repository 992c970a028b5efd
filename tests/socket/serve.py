"""Serves the application named as argument on PORT, with the launcher's limits and more to say."""

import gc
import logging
import os
import sys

import uvicorn

from portfolio_app.launcher import address, protocols, websockets


class Configuration(uvicorn.Config):
    """Loads the application as the launcher's own does, and logs as Python does."""

    def load(self) -> None:
        """Import it without looking through all of it again and again."""
        gc.disable()
        super().load()
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for name in ("portfolio_app", "reflex", "reflex_base", "socketio", "engineio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    port = int(os.environ["PORT"])
    configuration = Configuration(
        sys.argv[1],
        factory=True,
        port=port,
        loop="uvloop",
        http=protocols.Http,
        ws=websockets.Websocket,
        ws_max_size=64 * 1024,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(configuration).run([address.claim("127.0.0.1", port)])
