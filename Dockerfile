# Three stages: npm fetches what browsers load, Go builds one binary with it, and the image holds that binary on a
# Debian with nothing added. Every RUN is in the first two stages, so that scripts/dockerfile-as-script.sh can carry
# them out without a container.

FROM node:24-bookworm-slim AS npm
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=npm /src/node_modules node_modules
RUN go run ./scripts/assets
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -ldflags "-s -w -X main.version=$VERSION" -o out/bin/couplet ./cmd/couplet
RUN mkdir -p out/etc out/owned && cp "$(go env GOROOT)/lib/time/zoneinfo.zip" /etc/ssl/certs/ca-certificates.crt out/etc/ && mkdir -m 0700 out/owned/data

FROM debian:bookworm-slim
COPY --from=build /src/out/bin/couplet /couplet
COPY --from=build /src/out/etc/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/out/etc/zoneinfo.zip /etc/zoneinfo.zip
COPY --from=build --chown=10001:10001 /src/out/owned/ /
USER 10001:10001
ENV ZONEINFO=/etc/zoneinfo.zip COUPLET_DATA=/data COUPLET_ADDR=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
# The base has no curl; bash speaks enough HTTP to ask whether database and workers are ready.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${COUPLET_ADDR##*:} && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["/couplet"]
CMD ["serve"]
