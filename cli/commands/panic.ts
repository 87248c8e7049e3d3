/** Stop everything. */
import type { Command } from 'commander'
import type { PanicReport } from '../../contract/nouns/panic.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { plain } from '../output/text.ts'

/** A service that has not answered after this is left out of it, ms. */
const serviceDeadlineMs = 4_000

export function register(program: Command, act: Act): void {
  program.command('panic')
    .description('stop everything at once: no more sharing, every guest ended')
    .addHelpText('after', `
Works without the service, and when the engine hangs. Exit code 1 when something may still run.

Examples:
  $ depin panic
  $ sudo depin panic --data-dir /var/lib/depin`)
    .action(act(panic))
}

async function panic(context: Context): Promise<void> {
  const service = await context.io.loadService()
  // both at once: the service ends the leases, and nobody waits for it to see the guests gone
  const [alone, together] = await Promise.all([service.panic({ dataDir: context.dataDir }), askService(context)])
  const report = together !== null && together.stopped > alone.stopped ? together : alone
  await context.print(report, reportText)
  if (report.left.length > 0) context.failed()
}

/** Null: there is no service, or it does not answer. */
async function askService(context: Context): Promise<PanicReport | null> {
  try {
    const signal = AbortSignal.timeout(serviceDeadlineMs)
    const late = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
    return await Promise.race([context.client().then((client) => client.share.panic()), late])
  } catch {
    return null
  }
}

function reportText({ stopped, left, how, tookMs }: PanicReport): string {
  const lines = left.map(({ containerId, why }) => `${containerId.slice(0, 12)} may still run: ${plain(why)}\n`)
  const done = stopped === 0 ? 'No guest was running.' : `${stopped} of the guests’ containers ${stopped === 1 ? 'was' : 'were'} stopped in ${(tookMs / 1000).toFixed(1)} s${how === 'processes' ? ', without the engine' : ''}.`
  return `${left.length > 0 && stopped === 0 ? '' : `${done} `}Sharing is off. Turn it on again with: depin share on\n${lines.join('')}`
}
