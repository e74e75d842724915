# The app in a container. For the cluster: --build-arg REQUIREMENTS=requirements-ray.txt; for a GPU: TORCH_BACKEND=auto.
FROM python:3.11-slim

ARG REQUIREMENTS=requirements.txt
ARG TORCH_BACKEND=cpu

WORKDIR /srv/cnnviz
COPY requirements.txt requirements-ray.txt requirements.lock ./
RUN pip install --no-cache-dir uv \
    && uv pip install --system --no-cache --torch-backend ${TORCH_BACKEND} -r ${REQUIREMENTS} -c requirements.lock

COPY . .
RUN useradd --create-home cnnviz \
    && mkdir -p /srv/runs /srv/data \
    && chown cnnviz /srv/runs /srv/data
USER cnnviz

ENV PYTHONPATH=/srv/cnnviz \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    CNNVIZ_PROFILE=hosted \
    CNNVIZ_RUNS=/srv/runs \
    CNNVIZ_DATA=/srv/data
VOLUME /srv/runs
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
CMD ["streamlit", "run", "app.py"]
