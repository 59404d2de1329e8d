import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '@stacktach/testing'
import { z } from 'zod'
import { read, root } from './deploy.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { runTool, tools } from './tools.ts'
import { until } from './until.ts'

/** What the image adds to its base, in megabytes. */
const LARGEST_MEGABYTES = 40

const imageConfig = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Labels: z.record(z.string(), z.string()),
      Env: z.array(z.string()),
      Cmd: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
})

const folder = mkdtempSync('/var/tmp/stacktach-image-')
/** Storage of its own, so that nothing of the machine's images is touched. */
const storage = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
let buildah = ''
let mounted = ''
let config: z.output<typeof imageConfig>['Docker']['config']
let pipeline: Pipeline
/** Ends a container that a failed test has left. */
const containers: { end(): Promise<unknown> }[] = []

async function run(...args: string[]): Promise<string> {
  const { code, output } = await runTool(buildah, [...storage, ...args])
  if (code !== 0) throw new Error(`buildah ${args.join(' ')}:\n${output.slice(-4_000)}`)
  return output.trim()
}

const lastLine = (text: string) => text.split('\n').at(-1) ?? ''

/** Makes the base image: Debian's minimal system, the Node.js of this machine, and its certificates, also for npm. */
async function makeBase(): Promise<string> {
  const [debootstrap = ''] = await tools('debootstrap')
  const base = join(folder, 'base')
  const { code, output } = await runTool(debootstrap, [
    '--variant=minbase',
    '--include=ca-certificates,libstdc++6',
    'bookworm',
    base,
  ])
  if (code !== 0) throw new Error(`debootstrap: ${output.slice(-2_000)}`)
  rmSync(join(base, 'var/cache/apt'), { recursive: true })
  cpSync(process.execPath, join(base, 'usr/bin/node'))
  const npm = ['/usr/lib/node_modules/npm', join(process.execPath, '../../lib/node_modules/npm')].find(existsSync)
  if (npm === undefined) throw new Error('npm is not installed beside Node.js')
  cpSync(npm, join(base, 'usr/lib/node_modules/npm'), { recursive: true })
  writeFileSync(join(base, 'usr/bin/npm'), '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n', {
    mode: 0o755,
  })
  const certificates = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(certificates)) cpSync(certificates, join(base, certificates))
  writeFileSync(join(base, 'etc/npmrc'), `cafile=${certificates}\n`)
  const passwd = join(base, 'etc/passwd')
  writeFileSync(passwd, `${readFileSync(passwd, 'utf8')}node:x:1000:1000::/home/node:/bin/sh\n`)
  writeFileSync(join(base, 'etc/group'), `${readFileSync(join(base, 'etc/group'), 'utf8')}node:x:1000:\n`)
  const container = lastLine(await run('from', 'scratch'))
  await run('add', container, base, '/')
  await run('config', '--env', 'npm_config_globalconfig=/etc/npmrc', container)
  await run('commit', '--rm', container, 'localhost/stacktach-base')
  rmSync(base, { recursive: true })
  return 'localhost/stacktach-base'
}

beforeAll(async () => {
  ;[buildah = ''] = await tools('buildah')
  const startedAt = Date.now()
  const base = process.env.IMAGE_BASE ?? (await makeBase())
  const basedAt = Date.now()
  // HEALTHCHECK is a part of Docker's format only.
  const options = ['--isolation', 'chroot', '--format', 'docker', '--network', 'host', '--layers=false']
  await run('bud', ...options, '--build-arg', `NODE_IMAGE=${base}`, '--tag', 'localhost/stacktach', root)
  const seconds = (from: number, to: number) => `${Math.round((to - from) / 1000)} s`
  process.stderr.write(`base image: ${seconds(startedAt, basedAt)}, image: ${seconds(basedAt, Date.now())}\n`)
  config = imageConfig.parse(JSON.parse(await run('inspect', '--type', 'image', 'localhost/stacktach'))).Docker.config
  const container = lastLine(await run('from', 'localhost/stacktach'))
  mounted = lastLine(await run('mount', container))
  pipeline = await startPipeline(['east'])
  const deployments = '/etc/stacktach/deployments.json'
  cpSync(pipeline.deploymentsFile, join(mounted, deployments))
  pipeline.environment.STACKTACH_DEPLOYMENTS_FILE = deployments
})

afterAll(async () => {
  await Promise.all(containers.map(({ end }) => end()))
  try {
    await pipeline?.stop()
  } finally {
    await runTool(buildah, [...storage, 'umount', '--all'])
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Runs the image as a container engine does: as its user, in a read-only root file system, as process 1. */
function start(args: readonly string[], environment: Record<string, string>) {
  const mount =
    'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; mount -t proc proc "$0/proc"; cd "$0"; ' +
    'exec chroot --userspec=1000:1000 . env -i "$@"'
  const variables = [...config.Env, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)]
  const command = ['sh', '-c', 'cd /opt/stacktach; exec "$@"', 'sh', ...config.Entrypoint, ...args]
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-ec', mount, mounted, ...variables, ...command],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const append = (chunk: Buffer) => {
    output += chunk
  }
  child.stdout.on('data', append)
  child.stderr.on('data', append)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  containers.push({
    end() {
      child.kill('SIGKILL')
      return ended
    },
  })
  const processOf = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
  return {
    output: () => output,
    ended,
    processOf,
    /** Runs the health check of the image in the container. */
    async health() {
      const [kind, ...test] = config.Healthcheck.Test
      expect(kind).toBe('CMD')
      const variables = [...config.Env, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)]
      const user = ['--setuid=1000', '--setgid=1000', '--root', '--wd']
      return runTool('nsenter', [`--target=${processOf()}`, '--mount', '--pid', ...user, 'env', ...variables, ...test])
    },
    async stop() {
      const startedAt = Date.now()
      process.kill(Number(processOf()), 'SIGTERM')
      return { code: await ended, milliseconds: Date.now() - startedAt }
    },
  }
}

/** Bytes of all files below a folder. */
function bytesOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

test('says its version and runs as a user without privileges', () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')))
  expect(config.Labels['org.opencontainers.image.version']).toBe(version)
  expect(config.User).toBe('node')
})

test('contains the programs and nothing of the development', () => {
  const installed = join(mounted, 'opt/stacktach')
  const paths = readdirSync(installed, { recursive: true }).map(String)
  expect(paths.filter((path) => /node_modules|fast-check|@types|\.test\.|\.map$/.test(path))).toEqual([])
  const megabytes = bytesOf(installed) / 1_000_000
  process.stderr.write(`the image adds ${megabytes.toFixed(1)} MB to its base\n`)
  expect(megabytes).toBeGreaterThan(1)
  expect(megabytes).toBeLessThan(LARGEST_MEGABYTES)
})

test('migrates, and its processes run read-only, are healthy, and end in order', async () => {
  const metricsPorts = { ingest: await freePort(), jobs: await freePort(), api: await freePort() }
  const { environment } = pipeline
  const migrate = start(['migrate', '--wait'], environment)
  expect({ code: await migrate.ended, output: migrate.output() }).toMatchObject({
    code: 0,
    output: expect.stringContaining('the database schema is up to date'),
  })
  for (const program of ['ingest', 'jobs', 'api'] as const) {
    const container = start([program], { ...environment, METRICS_PORT: String(metricsPorts[program]) })
    await until(() => container.output().includes('"started"'), 30_000, container.output)
    expect(readFileSync(`/proc/${container.processOf()}/status`, 'utf8')).toMatch(/^Uid:\s+1000\s+1000/m)
    await until(
      async () => (await container.health()).code === 0,
      20_000,
      async () => (await container.health()).output,
    )
    if (program === 'api') {
      const [, url = ''] = /"url":"([^"]+)"/.exec(container.output()) ?? []
      expect((await fetch(`${url}/stacky/deployments`)).status).toBe(200)
      const page = await fetch(`${url}/find`)
      expect(page.status).toBe(200)
      const [, style = ''] = /<link[^>]+href="([^"]+\.css[^"]*)"/.exec(await page.text()) ?? []
      expect((await fetch(new URL(style, url))).status).toBe(200)
    }
    const { code, milliseconds } = await container.stop()
    process.stderr.write(`${program} ended ${milliseconds} ms after SIGTERM\n`)
    expect(code).toBe(0)
    expect(container.output()).toContain('"stopped"')
    expect(container.output()).not.toMatch(/EROFS|EACCES/)
  }
})

test('the health check names what is missing', async () => {
  const port = await freePort()
  const container = start(['jobs'], {
    ...pipeline.environment,
    DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/none',
    METRICS_PORT: String(port),
  })
  await until(async () => (await container.health()).output.includes('database'), 30_000)
  expect((await container.health()).code).toBe(1)
  await container.stop()
})

test.each(['simulate', 'stacky', 'stacktach'])('%s is in the image', async (program) => {
  const container = start([program, '--help'], {})
  expect({ code: await container.ended, output: container.output() }).toEqual({
    code: 0,
    output: expect.stringMatching(/usage/i),
  })
})
