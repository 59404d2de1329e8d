import { Command } from 'commander'
import { checkCommand } from './commands/check.ts'
import { existsCommand } from './commands/exists/index.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { jobsCommand } from './commands/jobs/index.ts'
import { migrateCommand } from './commands/migrate.ts'
import { rejectedCommand } from './commands/rejected/index.ts'
import { reportCommand } from './commands/report.ts'
import { retentionCommand } from './commands/retention/index.ts'
import { statusCommand } from './commands/status.ts'
import { tenantsCommand } from './commands/tenants.ts'
import { tokenCommand } from './commands/token.ts'

/** Exit code of wrong usage. */
const WRONG_USAGE = 2

/** The operator's commands. Results go to standard output, all else to standard error. */
export function program(): Command {
  const stacktach = new Command('stacktach').description('Look after a running StackTach').helpCommand(false)
  const commands = [
    statusCommand(),
    checkCommand(),
    existsCommand(),
    rejectedCommand(),
    jobsCommand(),
    reportCommand(),
    tenantsCommand(),
    tokenCommand(),
    retentionCommand(),
    importCommand(),
    exportCommand(),
    migrateCommand(),
  ]
  for (const command of commands) stacktach.addCommand(command)
  return exitingWith(stacktach, WRONG_USAGE)
}

/** Commander ends with 1 for wrong usage, which here means that the command failed. */
function exitingWith(command: Command, code: number): Command {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : code))
  command.showHelpAfterError('(--help tells how it is used)')
  for (const subcommand of command.commands) exitingWith(subcommand, code)
  return command
}
