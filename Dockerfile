# The same environment as `make setup`: Python, the lockfile, nothing else.
FROM python:3.11-slim
RUN useradd --uid 10001 --create-home kg && mkdir /data && chown kg /data
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY kg kg
COPY loaders loaders
COPY extractors extractors
COPY ontology ontology
COPY api api
RUN pip install --no-cache-dir "uv>=0.8" && UV_PROJECT_ENVIRONMENT=/usr/local uv sync --frozen --no-dev --no-editable --inexact && pip uninstall -y uv
USER kg
ENV KG_HOME=/data
CMD ["kg", "serve", "--host", "0.0.0.0", "--port", "8765", "--strict-port"]
