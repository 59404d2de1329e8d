import tab from '@bomb.sh/tab/commander'
import { Command } from 'commander'
import { kpiCommand } from './commands/kpi.ts'
import { deploymentsCommand, eventsCommand, hostsCommand } from './commands/lists.ts'
import { reportCommand } from './commands/report.ts'
import { reportsCommand } from './commands/reports.ts'
import { requestCommand } from './commands/request.ts'
import { searchCommand } from './commands/search.ts'
import { showCommand } from './commands/show.ts'
import { summaryCommand } from './commands/summary.ts'
import { timingsCommand } from './commands/timings.ts'
import { usageCommand } from './commands/usage.ts'
import { uuidCommand } from './commands/uuid.ts'
import { watchCommand } from './commands/watch.ts'

/** Exit code of wrong usage. */
export const WRONG_USAGE = 2

const ENVIRONMENT = `
Environment:
  STACKTACH_URL         the server, with or without /stacky/ (default: http://127.0.0.1:8000)
  STACKTACH_TOKEN       sent as Authorization: Bearer
  STACKTACH_TOKEN_FILE  a file that holds the token

All times are UTC. \`stacky complete bash\` (zsh, fish) prints what completes commands and options in that shell.`

/** Stacky's commands. Results go to standard output, all else to standard error. */
export function program(): Command {
  const stacky = new Command('stacky').description('Ask StackTach').helpCommand(false).addHelpText('after', ENVIRONMENT)
  stacky.configureHelp({
    subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/\[options\] ?/, '')}`,
  })
  const commands = [
    deploymentsCommand(),
    eventsCommand(),
    hostsCommand(),
    watchCommand(),
    showCommand(),
    uuidCommand(),
    requestCommand(),
    searchCommand(),
    timingsCommand(),
    summaryCommand(),
    kpiCommand(),
    usageCommand(),
    reportsCommand(),
    reportCommand(),
  ]
  for (const command of commands) stacky.addCommand(command)
  exitingWith(stacky, WRONG_USAGE)
  tab(stacky)
  return stacky
}

/** Commander ends with 1 for wrong usage, which here means that the command failed. */
function exitingWith(command: Command, code: number): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : code))
  command.showHelpAfterError('(--help tells how it is used)')
  for (const subcommand of command.commands) exitingWith(subcommand, code)
}
