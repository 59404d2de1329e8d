import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './deploy.ts'
import { runTool } from './tools.ts'
import { until } from './until.ts'

/**
 * Prepares the namespaces: the units, the configuration and the user of the deployment guide, in a copy of /etc that
 * disappears with them. Only the targets that the units name exist, so that nothing else of the machine is started.
 */
const boot = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc
rm -rf /etc/systemd/system /etc/stacktach
mkdir -p /etc/systemd/system/stacktach-.service.d /etc/stacktach
grep -q '^stacktach:' /etc/passwd || echo 'stacktach:x:64242:64242::/opt/stacktach:/usr/sbin/nologin' >> /etc/passwd
grep -q '^stacktach:' /etc/group || echo 'stacktach:x:64242:' >> /etc/group
cp "$FOLDER/stacktach.env" "$FOLDER/deployments.json" /etc/stacktach/
chgrp -R stacktach /etc/stacktach
chmod 0750 /etc/stacktach
chmod 0640 /etc/stacktach/*
mount -t tmpfs -o mode=0755 tmpfs /opt
mkdir /opt/stacktach
mount --bind "$ROOT" /opt/stacktach
touch /opt/node
mount --bind "$NODE" /opt/node
cp /opt/stacktach/deploy/systemd/* /etc/systemd/system/
sed -i 's#/usr/bin/node#/opt/node#' /etc/systemd/system/*.service
printf '[Service]\\nStandardOutput=append:%s/%%N.log\\nStandardError=inherit\\n' "$FOLDER/logs" > /etc/systemd/system/stacktach-.service.d/log.conf
mount -t tmpfs tmpfs /usr/lib/systemd/system
for target in sysinit basic network-online shutdown; do
  printf '[Unit]\\nDefaultDependencies=no\\n' > "/usr/lib/systemd/system/$target.target"
done
mount -t tmpfs -o mode=0755 tmpfs /run
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
exec env -i container=test PATH="$PATH" /lib/systemd/systemd --system --unit=stacktach.target --log-target=console --show-status=0
`

/** A systemd of one test, which runs the units of deploy/systemd as process 1 of its own namespaces. */
export interface TestSystemd {
  systemctl(...args: readonly string[]): Promise<{ code: number; output: string }>
  /** The state of each unit, such as `active (running)`. */
  states(): Promise<Record<string, string>>
  /** What a unit has printed. */
  log(unit: string): string
  /** Ends systemd, and with it all of its processes. */
  stop(): Promise<void>
}

/** The units that stacktach.target wants. */
export const units = ['stacktach-migrate', 'stacktach-ingest@1', 'stacktach-jobs@1', 'stacktach-api'] as const

/**
 * Boots systemd into stacktach.target. Needs root.
 *
 * @param environment content of stacktach.env
 * @param deployments content of the deployments file
 */
export async function bootSystemd(environment: Record<string, string>, deployments: string): Promise<TestSystemd> {
  const folder = mkdtempSync('/var/tmp/stacktach-systemd-')
  mkdirSync(join(folder, 'logs'))
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(folder, 'stacktach.env'), lines.join(''))
  writeFileSync(join(folder, 'deployments.json'), deployments)
  writeFileSync(join(folder, 'boot.sh'), boot)
  const child = spawn(
    'unshare',
    ['--fork', '--kill-child', '--pid', '--mount-proc', '--cgroup', '--ipc', '--uts', 'sh', join(folder, 'boot.sh')],
    {
      env: { PATH: process.env.PATH, FOLDER: folder, ROOT: root, NODE: process.execPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const systemctl = (...args: readonly string[]) =>
    runTool('nsenter', ['-t', childOf(child.pid ?? 0), '-m', '-p', 'systemctl', '--no-pager', ...args])

  const systemd: TestSystemd = {
    systemctl,
    async states() {
      const { output } = await systemctl('show', ...units, '--property=Id,ActiveState,SubState')
      const properties = output.split('\n\n').map((unit) => new Map(unit.split('\n').map((line) => split(line))))
      return Object.fromEntries(
        properties.map((unit) => [
          unit.get('Id')?.replace('.service', '') ?? '',
          `${unit.get('ActiveState')} (${unit.get('SubState')})`,
        ]),
      )
    },
    log(unit) {
      try {
        return readFileSync(join(folder, 'logs', `${unit}.log`), 'utf8')
      } catch {
        return ''
      }
    },
    async stop() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
  try {
    await until(async () => (await systemctl('is-system-running')).output !== '', 20_000)
    await until(async () => (await systemd.states())['stacktach-migrate'] !== 'inactive (dead)', 20_000)
  } catch (error) {
    await systemd.stop()
    throw new Error(`systemd did not start: ${output}`, { cause: error })
  }
  return systemd
}

/** The process in the namespaces: the only child of `unshare`. */
function childOf(pid: number): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
}

function split(line: string): [string, string] {
  const [name = '', value = ''] = line.split('=')
  return [name, value]
}
