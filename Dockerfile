# One image for all processes: `docker run stacktach ingest`, `jobs`, `api`, `migrate`, `simulate`, or `stacktach <command>`.

# Debian with Node.js and npm. The version is the newest that the tests passed with.
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
# Manifests first: the layer with the dependencies is rebuilt only when they change.
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/stacky/package.json apps/stacky/
COPY apps/web/package.json apps/web/
COPY apps/worker/package.json apps/worker/
COPY bench/package.json bench/
COPY e2e/package.json e2e/
COPY faults/package.json faults/
COPY packages/broker/package.json packages/broker/
COPY packages/db/package.json packages/db/
COPY packages/domain/package.json packages/domain/
COPY packages/http/package.json packages/http/
COPY packages/ingestion/package.json packages/ingestion/
COPY packages/jobs/package.json packages/jobs/
COPY packages/runtime/package.json packages/runtime/
COPY packages/simulator/package.json packages/simulator/
COPY packages/testing/package.json packages/testing/
RUN npm ci --ignore-scripts
COPY . .
# The programs are bundles, which contain their dependencies: the image needs no node_modules. The simulator is a bundle only
# here, because tests import its modules.
RUN npm run build \
 && (cd packages/simulator && node ../../scripts/bundle.mjs main.ts) \
 && mkdir /out \
 && cp -r --parents package.json scripts/run.mjs scripts/setup.mjs scripts/healthcheck.mjs prisma/migrations \
      apps/api/package.json apps/api/dist apps/cli/package.json apps/cli/dist apps/stacky/package.json apps/stacky/dist \
      apps/worker/package.json apps/worker/dist packages/simulator/package.json packages/simulator/dist /out \
 && find /out/apps /out/packages -name '*.map' -delete -o -name '*.tsbuildinfo' -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="StackTach" \
      org.opencontainers.image.description="Stores the notifications of OpenStack clouds and reports lifecycles, timings, usage and audits" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# Metrics and health, reachable from inside the container only unless METRICS_HOST is set.
ENV NODE_ENV=production METRICS_PORT=9100
WORKDIR /opt/stacktach
COPY --from=build /out ./
# A user of the base image that does not own the files.
USER node
EXPOSE 8000 9100
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
ENTRYPOINT ["node", "scripts/run.mjs"]
CMD ["stacktach", "--help"]
