import tab from '@bomb.sh/tab/commander'
import { Command } from 'commander'
import { kpiCommand } from './commands/kpi.ts'
import { deploymentsCommand, eventsCommand, hostsCommand } from './commands/lists.ts'
import { showReportCommand } from './commands/report.ts'
import { reportsCommand } from './commands/reports.ts'
import { requestCommand } from './commands/request.ts'
import { searchCommand } from './commands/search.ts'
import { showNotificationCommand } from './commands/show.ts'
import { operationSummaryCommand } from './commands/summary.ts'
import { timingsCommand } from './commands/timings.ts'
import { usageCommand } from './commands/usage.ts'
import { uuidCommand } from './commands/uuid.ts'
import { watchCommand } from './commands/watch.ts'

/** Exit code for wrong usage and wrong configuration; 1 means that the command failed. */
export const WRONG_USAGE_EXIT_CODE = 2

/** Printed after an error that is wrong usage. */
export const STACKY_USAGE_HINT = '(use --help for usage)'

const ENVIRONMENT = `
Environment:
  STACKTACH_URL         address of the API, with or without /stacky/ (default: http://127.0.0.1:8000)
  STACKTACH_TOKEN       token, sent as Authorization: Bearer
  STACKTACH_TOKEN_FILE  file that contains the token

All times are UTC.
Shell completion: \`source <(stacky complete bash)\`; see \`stacky complete --help\`.`

/** Builds the `stacky` command line. Results go to standard output, everything else to standard error. */
export function createStackyProgram(): Command {
  const stacky = new Command('stacky')
    .description('Query the StackTach API')
    .helpCommand(false)
    .addHelpText('after', ENVIRONMENT)
  stacky.configureHelp({
    subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/\[options\] ?/, '')}`,
  })
  const commands = [
    deploymentsCommand(),
    eventsCommand(),
    hostsCommand(),
    watchCommand(),
    showNotificationCommand(),
    uuidCommand(),
    requestCommand(),
    searchCommand(),
    timingsCommand(),
    operationSummaryCommand(),
    kpiCommand(),
    usageCommand(),
    reportsCommand(),
    showReportCommand(),
  ]
  for (const command of commands) stacky.addCommand(command)
  setExitCode(stacky, WRONG_USAGE_EXIT_CODE)
  tab(stacky)
  const complete = stacky.commands.find((command) => command.name() === 'complete')
  complete?.description('print a shell completion script')
  return stacky
}

/** Commander exits with 1 for wrong usage, which here means that the command failed. */
function setExitCode(command: Command, code: number): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : code))
  command.showHelpAfterError(STACKY_USAGE_HINT)
  for (const subcommand of command.commands) setExitCode(subcommand, code)
}
