# Image of vilokanam-gateway with its pages, built from the root of the repository: see docker/README.md.

FROM node:20-bookworm-slim AS pages
WORKDIR /pages
# The packages are a layer of their own, so that a change of the pages does not install them again.
COPY client/web/package.json client/web/package-lock.json client/web/.npmrc ./
COPY client/web/.papi ./.papi
RUN npm ci --no-audit --no-fund
COPY client/web ./
RUN npm run build

FROM rust:1.96-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libclang-dev lld protobuf-compiler \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /vilokanam
COPY rust-toolchain.toml ./
RUN rustup component add rustfmt clippy rust-src && rustup target add wasm32v1-none
COPY . .
RUN cargo build --locked --release --package vilokanam-gateway --package vilokanam \
    && install -m 755 target/release/vilokanam-gateway target/release/vilokanam /usr/local/bin/

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin vilokanam \
    && install -d -o vilokanam -g vilokanam -m 700 /data
COPY --from=build /usr/local/bin/vilokanam-gateway /usr/local/bin/vilokanam /usr/local/bin/
COPY --from=pages /pages/dist /usr/share/vilokanam/pages
USER vilokanam
# The data folder must not be lost: it has the journal of payments, publish keys, the index and recordings.
ENV HOME=/data \
    VILOKANAM_GATEWAY_DATA_DIR=/data \
    VILOKANAM_GATEWAY_HTTP__PAGES=/usr/share/vilokanam/pages
WORKDIR /data
VOLUME /data
# HTTP, RTMP, SRT.
EXPOSE 8080 1935 1935/udp 9000-9099/udp
# For a gateway behind a proxy with TLS. With --tls-certificate, the health check needs https.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:8080/health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["vilokanam-gateway"]
