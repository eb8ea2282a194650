# docker build --tag bordercast . && docker run --publish 8000:8000 --volume bordercast:/data bordercast
FROM python:3.13-slim-trixie AS builder

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
RUN python -m venv /opt/bordercast
COPY requirements/run.lock requirements/
RUN /opt/bordercast/bin/pip install --require-hashes --requirement requirements/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY forecasting forecasting
COPY migrations migrations
RUN /opt/bordercast/bin/pip install --no-deps --no-build-isolation . \
    && /opt/bordercast/bin/python -m app.charts.browser_bundle


FROM builder AS documentation

COPY requirements/docs.lock requirements/
RUN /opt/bordercast/bin/pip install --require-hashes --requirement requirements/docs.lock
COPY CONTRIBUTING.md CHANGELOG.md ./
COPY benchmarks benchmarks
COPY docs docs
COPY notebooks notebooks
RUN /opt/bordercast/bin/python -m sphinx --fail-on-warning --quiet --conf-dir docs/sphinx \
    --doctree-dir site/doctrees . site/html


FROM python:3.13-slim-trixie

LABEL org.opencontainers.image.title="Bordercast" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --create-home bordercast
COPY --from=builder /opt/bordercast /opt/bordercast
COPY --from=documentation /source/site/html /opt/bordercast/share/bordercast/documentation
ENV PATH="/opt/bordercast/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    BORDERCAST_DATABASE_URL=sqlite:////data/bordercast.db
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The first process of a container ignores SIGTERM unless it handles it; Ctrl-C it handles from the start.
STOPSIGNAL SIGINT
# The first start loads the record and computes the first forecasts before it serves.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --start-interval=2s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["bordercast", "run", "--host", "0.0.0.0", "--port", "8000"]
