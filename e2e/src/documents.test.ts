import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { rejectReasons } from '@stacktach/domain'
import { parse } from 'yaml'
import { z } from 'zod'
import { filesOf, read, root } from './deploy.ts'
import { startPipeline } from './pipeline.ts'

const documents = [
  ...[...filesOf('docs'), ...filesOf('docs/decisions')].filter((path) => path.endsWith('.md')),
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
]

const headings = (path: string) => [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)

/** The anchor that GitHub generates for a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** The fault of a link in a file, or null. */
function linkFault(from: string, link: string): string | null {
  const [path = '', fragment] = link.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(root, target))) return `${from}: ${link}: there is no ${target}`
  if (fragment === undefined || headings(target).map(anchor).includes(fragment)) return null
  return `${from}: ${link}: ${target} has no such heading`
}

test('each link has an existing target', () => {
  expect(documents.length).toBeGreaterThan(15)
  const links = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, link = '']) => ({ path, link })),
  )
  expect(links.length).toBeGreaterThan(50)
  expect(links.flatMap(({ path, link }) => linkFault(path, link) ?? [])).toEqual([])
  expect(linkFault('README.md', 'docs/nowhere.md')).toContain('there is no')
  expect(linkFault('docs/deploy.md', 'runbook.md#nothing')).toContain('no such heading')
})

test('the runbook has the meaning, the checks and the actions for each alert', () => {
  const { groups } = z
    .object({
      groups: z.array(
        z.object({
          rules: z.array(z.object({ alert: z.string(), annotations: z.object({ runbook: z.string() }) })),
        }),
      ),
    })
    .parse(parse(read('deploy/prometheus/alerts.yml')))
  const rules = groups.flatMap(({ rules }) => rules)
  const sections = read('docs/runbook.md').matchAll(
    /^### (StackTach\w+)\n\n(?!- )\S[\s\S]*?\n\n- Look at: [\s\S]+?\n- Do: /gm,
  )
  expect([...sections].map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert))
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook).toBe(`docs/runbook.md#${anchor(alert)}`)
    expect(linkFault('README.md', annotations.runbook)).toBe(null)
  }
})

test('the runbook has a heading for each line of status, and a row for each reason of a rejection', async () => {
  const pipeline = await startPipeline(['east'])
  try {
    const { output } = await pipeline.run('status')
    const rows = output.split('\n').map((line) => line.split('│').map((cell) => cell.trim()))
    const lines = rows.filter(([, cell = '']) =>
      /^(?:nova|glance|generic) notifications|^rejected|^pending aggregation/.test(cell),
    )
    const columns = [
      'Last notification',
      'Messages',
      'Consumers',
      'Waiting',
      'Active',
      'Delayed',
      'Failed',
      'pending',
      'verifying',
    ]
    const statusTexts = [...lines.map(([, cell = '']) => cell), ...rows.flat().filter((cell) => columns.includes(cell))]
    expect(new Set(statusTexts).size).toBe(5 + columns.length)
    const covers = (heading: string, line: string) => line.split(' ').every((word) => heading.includes(word))
    for (const line of statusTexts) {
      expect({ line, headings: headings('docs/runbook.md').filter((heading) => covers(heading, line)) }).toEqual({
        line,
        headings: expect.arrayContaining([expect.anything()]),
      })
    }
  } finally {
    await pipeline.stop()
  }
  const runbook = read('docs/runbook.md')
  for (const reason of rejectReasons) expect(runbook).toMatch(new RegExp(`^\\|.*\`${reason}\``, 'm'))
})
