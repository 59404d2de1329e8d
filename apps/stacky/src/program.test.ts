import { expect, test } from '@jest/globals'
import { createStackyProgram } from './program.ts'

test("has Stacky's commands, each with help", () => {
  const { commands } = createStackyProgram()
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

test('lists the arguments of each command', () => {
  const text = createStackyProgram()
    .configureOutput({ getOutHelpWidth: () => 200 })
    .helpInformation()
  expect(text).toMatch(/^ {2}watch \[deployment\] \[service\] \[event-name\] \[seconds\] {2,}show notifications/m)
  expect(text).toMatch(/^ {2}search \[service\] <field> <value> \[limit\] \[from\] \[to\] {2,}search/m)
  expect(text).toMatch(/^ {2}usage <kind> \[instance\] {2,}show launches/m)
})
