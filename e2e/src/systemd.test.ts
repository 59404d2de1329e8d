import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  createEmptyDatabase,
  createTestVhost,
  deploymentEntry,
  detour,
  dropRedisKeys,
  services,
  type TestDatabase,
  type TestVhost,
} from '@stacktach/testing'
import { bootSystemd, type TestSystemd, units } from './bootSystemd.ts'
import { root } from './deploy.ts'
import { runTool, tools } from './tools.ts'
import { until } from './until.ts'

/** Exposure by `systemd-analyze security`: 10 is a service without restrictions. */
const HIGHEST_EXPOSURE = 2.5

let folder: string
let analyze = ''

beforeAll(async () => {
  ;[analyze = ''] = await tools('systemd-analyze')
  folder = mkdtempSync(join(tmpdir(), 'units-'))
  cpSync(join(root, 'deploy/systemd'), folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    const unit = readFileSync(join(folder, name), 'utf8')
    // The tests may run with another Node than the one of the deployment guide.
    writeFileSync(join(folder, name), unit.replaceAll('/usr/bin/node', process.execPath))
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What `systemd-analyze verify` says about our units; it also reads units of the machine. */
async function faults(): Promise<string[]> {
  const paths = readdirSync(folder).map((name) => join(folder, name))
  const { output } = await runTool(analyze, ['verify', '--man=no', ...paths])
  return output.split('\n').filter((line) => line.includes('stacktach'))
}

test('systemd finds no fault in the units', async () => {
  expect(await faults()).toEqual([])
  const api = join(folder, 'stacktach-api.service')
  const unit = readFileSync(api, 'utf8')
  writeFileSync(api, unit.replace('ProtectClock=', 'ProtectClok='))
  expect(await faults()).toEqual([expect.stringMatching(/stacktach-api\.service:\d+: Unknown key .*'ProtectClok'/)])
  writeFileSync(api, unit)
})

test('the services are restricted', async () => {
  const services = readdirSync(folder).filter((name) => name.endsWith('.service'))
  expect(services).toHaveLength(units.length)
  for (const name of services) {
    const { output } = await runTool(analyze, ['security', '--offline=true', '--no-pager', join(folder, name)])
    const [, exposure = ''] = /Overall exposure level for .*: ([\d.]+)/.exec(output) ?? []
    expect(Number.parseFloat(exposure)).toBeGreaterThan(0)
    expect(Number.parseFloat(exposure)).toBeLessThanOrEqual(HIGHEST_EXPOSURE)
  }
})

// Without root there is no namespace to boot systemd in.
const bootTest = process.getuid?.() === 0 ? test : test.skip

bootTest('a booted systemd waits for the database, and migrates at each start of the target', async () => {
  const [database, vhost]: [TestDatabase, TestVhost] = await Promise.all([createEmptyDatabase(), createTestVhost()])
  const gate = await detour(database.url)
  const topics = { nova: [{ queue: 'stacktach_nova', routing_key: 'notifications.*' }] }
  const environment = {
    DATABASE_URL: gate.url,
    REDIS_URL: services().redisUrl,
    REDIS_PREFIX: vhost.name,
    STACKTACH_DEPLOYMENTS_FILE: '/etc/stacktach/deployments.json',
    API_PORT: '0',
    METRICS_PORT: '0',
  }
  let systemd: TestSystemd | undefined
  try {
    const entry = deploymentEntry('east', new URL(vhost.url), topics)
    systemd = await bootSystemd(environment, JSON.stringify({ deployments: [entry] }))
    const { states, log, systemctl } = systemd
    const waiting = /^warning: the database in DATABASE_URL does not answer: .* \(connect ECONNREFUSED .*\)\n$/
    await until(() => waiting.test(log('stacktach-migrate')))
    expect(await states()).toEqual({
      'stacktach-migrate': 'activating (start)',
      'stacktach-ingest@1': 'inactive (dead)',
      'stacktach-jobs@1': 'inactive (dead)',
      'stacktach-api': 'inactive (dead)',
    })

    await gate.open()
    const running = {
      'stacktach-migrate': 'active (exited)',
      'stacktach-ingest@1': 'active (running)',
      'stacktach-jobs@1': 'active (running)',
      'stacktach-api': 'active (running)',
    }
    const areRunning = async () => JSON.stringify(await states()) === JSON.stringify(running)
    await until(areRunning, 30_000, async () => JSON.stringify(await states()))
    await until(() => log('stacktach-ingest@1').includes('"consuming"'), 20_000)
    await until(() => log('stacktach-jobs@1').includes('"started"'), 20_000)
    const listening = /"url":"([^"]+)"/
    await until(() => listening.test(log('stacktach-api')), 20_000)
    const [, url] = listening.exec(log('stacktach-api')) ?? []
    expect((await fetch(`${url}/stacky/deployments`)).status).toBe(200)

    // The upgrade of the deployment guide: stop the target, replace the files, start it.
    const migrations = () => log('stacktach-migrate').match(/the database schema is up to date/g)?.length
    expect(migrations()).toBe(1)
    expect(await systemctl('stop', 'stacktach.target')).toEqual({ code: 0, output: '' })
    await until(async () => (await systemctl('is-active', ...units)).output === 'inactive\n'.repeat(4), 20_000)
    for (const unit of units.slice(1)) expect(log(unit)).toContain('"stopped"')
    expect(await systemctl('start', 'stacktach.target')).toEqual({ code: 0, output: '' })
    expect(migrations()).toBe(2)
    await until(areRunning, 30_000)
  } finally {
    await systemd?.stop()
    await gate.shut()
    await Promise.all([database.drop(), vhost.drop(), dropRedisKeys(vhost.name)])
  }
})
