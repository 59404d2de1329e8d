import { Command } from 'commander'
import { checkCommand } from './commands/check.ts'
import { existsCommand } from './commands/exists/index.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { jobsCommand } from './commands/jobs/index.ts'
import { migrateCommand } from './commands/migrate.ts'
import { reconcileCommand } from './commands/reconcile/index.ts'
import { refoldCommand } from './commands/refold.ts'
import { rejectedCommand } from './commands/rejected/index.ts'
import { reportCommand } from './commands/report/index.ts'
import { retentionCommand } from './commands/retention/index.ts'
import { statusCommand } from './commands/status/index.ts'
import { tenantsCommand } from './commands/tenants/index.ts'
import { tokenCommand } from './commands/token.ts'

/** Exit code for wrong usage; 1 means that the command failed. */
const USAGE_EXIT_CODE = 2

/** Builds the `stacktach` command line. Results go to standard output, everything else to standard error. */
export function createStacktachProgram(): Command {
  const program = new Command('stacktach').description('Manage a running StackTach').helpCommand(false)
  const commands = [
    statusCommand(),
    checkCommand(),
    existsCommand(),
    rejectedCommand(),
    jobsCommand(),
    reportCommand(),
    reconcileCommand(),
    tenantsCommand(),
    tokenCommand(),
    retentionCommand(),
    refoldCommand(),
    importCommand(),
    exportCommand(),
    migrateCommand(),
  ]
  for (const command of commands) program.addCommand(command)
  return exitWithUsageCode(program)
}

/** Commander exits with 1 for wrong usage, which here means that the command failed. */
function exitWithUsageCode(command: Command): Command {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE))
  command.showHelpAfterError('(use --help for usage)')
  for (const subcommand of command.commands) exitWithUsageCode(subcommand)
  return command
}
