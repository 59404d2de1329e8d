import { expect, test } from '@jest/globals'
import { program } from './program.ts'

test("Stacky's commands are there, each with help that says how it is used", () => {
  const { commands } = program()
  const help = Object.fromEntries(commands.map((command) => [command.name(), command.helpInformation()]))
  expect(Object.keys(help)).toEqual([
    'deployments',
    'events',
    'hosts',
    'watch',
    'show',
    'uuid',
    'request',
    'search',
    'timings',
    'summary',
    'kpi',
    'usage',
    'reports',
    'report',
    'complete',
  ])
  for (const [name, text] of Object.entries(help)) {
    expect(text).toMatch(new RegExp(`^Usage: stacky ${name} `))
    if (name !== 'complete') expect(text).toMatch(/--json .*[\s\S]*--csv .*[\s\S]*--timeout /)
  }
})

test('the help of all names the arguments of each', () => {
  const text = program()
    .configureOutput({ getOutHelpWidth: () => 200 })
    .helpInformation()
  expect(text).toMatch(/^ {2}watch \[deployment\] \[service\] \[event-name\] \[seconds\] {2,}show notifications/m)
  expect(text).toMatch(/^ {2}search \[service\] <field> <value> \[limit\] \[from\] \[to\] {2,}find/m)
  expect(text).toMatch(/^ {2}usage <what> \[instance\] {2,}show launches/m)
})
