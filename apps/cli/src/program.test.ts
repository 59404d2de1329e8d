import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import type { Command } from 'commander'
import { createStacktachProgram } from './program.ts'

/** Command lines of all commands that do something, with their command. */
function commandLines(command: Command, parent = ''): [string, Command][] {
  const line = `${parent} ${command.name()}`.trim()
  if (command.commands.length === 0) return [[line, command]]
  return command.commands.flatMap((subcommand) => commandLines(subcommand, line))
}

const commands = commandLines(createStacktachProgram())

test('has the commands of an operator', () => {
  expect(commands.map(([line]) => line.replace(/^stacktach /, ''))).toEqual([
    'status',
    'check',
    'exists summary',
    'exists list',
    'exists verify',
    'rejected list',
    'rejected show',
    'rejected replay',
    'rejected drop',
    'jobs list',
    'jobs retry',
    'report list',
    'report run',
    'report show',
    'report regenerate',
    'reconcile',
    'tenants import',
    'token new',
    'retention show',
    'retention run',
    'refold',
    'import',
    'export',
    'migrate',
  ])
})

test.each(commands)('%s describes itself, its arguments and its options', (_, command) => {
  const texts = [command, ...command.registeredArguments, ...command.options].map(({ description }) =>
    typeof description === 'function' ? command.description() : description,
  )
  for (const text of texts) expect(text).toMatch(/^\S.*[^.\s]$/s)
})

test('each is in a table of docs/commands.md', () => {
  const document = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8')
  const rows = document.split('\n').filter((row) => row.startsWith('| `'))
  const names = commands.map(([line]) => line.replace(/^stacktach /, ''))
  expect(names.filter((name) => !rows.some((row) => new RegExp(`\`${name}(?: [^\`]*)?\``).test(row)))).toEqual([])
})
