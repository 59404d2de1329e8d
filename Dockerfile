# One image for all processes: `docker run stacktach ingest`, `jobs`, `api`, `migrate`, `simulate`, or `stacktach <command>`.

# The version used by the tests.
ARG NODE_VERSION=20

FROM node:${NODE_VERSION}-bookworm-slim AS build
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
# Prisma ships a query compiler for each database; only PostgreSQL's is needed.
RUN npm run build \
 && npm prune --omit=dev --omit=peer --omit=optional --ignore-scripts \
 && find node_modules/@prisma/client/runtime -name 'query_compiler*' ! -name '*postgresql*' -delete \
 && mkdir /out \
 && cp -r --parents package.json node_modules scripts/run.mjs scripts/setup.mjs prisma/migrations \
      apps/*/package.json apps/*/dist packages/*/package.json packages/*/dist /out \
 && find /out/apps /out/packages -name '*.map' -delete -o -name '*.d.ts' -delete

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/stacktach
COPY --from=build /out ./
# A user of the base image that does not own the files.
USER node
EXPOSE 8000
ENTRYPOINT ["node", "scripts/run.mjs"]
CMD ["stacktach", "--help"]
