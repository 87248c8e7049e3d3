/** One run of the command line, from its arguments to its exit code. */
import { CommanderError } from 'commander'
import { exitCodeOf, exitCodes, formatError, toDepinError } from './failure.ts'
import { Interruption, type Io } from './io.ts'
import { createProgram } from './program.ts'

export async function run(argv: readonly string[], io: Io): Promise<number> {
  const outcome = { exitCode: exitCodes.ok as number }
  try {
    await createProgram(io, outcome).parseAsync([...argv], { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    if (io.signal.reason instanceof Interruption) return io.signal.reason.exitCode
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok // --help, --version
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage // no verb: it was shown
    const reported = toDepinError(error)
    io.err(formatError(reported, argv.includes('--json')))
    return exitCodeOf(reported)
  }
}
