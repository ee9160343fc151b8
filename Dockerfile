# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.

FROM python:3.11-slim AS packages
RUN python -m venv /opt/sojourn
COPY requirements/prod.txt /requirements.txt
RUN /opt/sojourn/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.11-slim AS code
ENV PATH=/opt/sojourn/bin:$PATH PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /opt/sojourn /opt/sojourn
WORKDIR /app
COPY manage.py ./
COPY sojourn sojourn
COPY providers providers
COPY residents residents
COPY credit credit
COPY contracts contracts
COPY templates templates
# The two commands ask for a node's environment and use none of it; nothing of this stays in the image.
RUN export SOJOURN_NODE=build SOJOURN_SECRET_KEY=build-only DATABASE_URL=postgres:///build REDIS_URL=redis://build/0 \
        SOJOURN_STATIC_ROOT=/app/var/static \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput \
    && python -m compileall -q /app

FROM python:3.11-slim
RUN groupadd --gid 10001 sojourn \
    && useradd --uid 10001 --gid sojourn --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sojourn \
    && install --directory --owner sojourn --group sojourn --mode 0700 \
        /var/lib/sojourn/beat /var/lib/sojourn/vault /var/lib/sojourn/registry \
        /var/lib/sojourn/keyring /var/lib/sojourn/files
ENV PATH=/opt/sojourn/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=sojourn.settings.production \
    SOJOURN_STATIC_ROOT=/app/var/static
COPY --from=packages /opt/sojourn /opt/sojourn
COPY --from=code /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "sojourn/settings/gunicorn.py", "sojourn.wsgi:application"]
