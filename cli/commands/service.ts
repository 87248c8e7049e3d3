/** The running service itself: status, stop, doctor. */
import type { Command } from 'commander'
import type { Client } from '../connection.ts'
import type { Context } from '../context.ts'
import { attackText, findingsText, statusText } from '../output/views/node.ts'
import { updateNote } from '../output/views/update.ts'
import type { Act } from '../act.ts'

export function register(program: Command, act: Act): void {
  program.command('status')
    .description('how this node is doing')
    .addHelpText('after', `
The dashboard's address holds its token: whoever has it controls this node.

Examples:
  $ depin status
  $ depin status --json | jq -r .dashboard`)
    .action(act(status))
  program.command('stop')
    .description('stop the service; guests and apps go on in the engine')
    .addHelpText('after', `
Examples:
  $ depin stop
  $ depin stop --data-dir ./node-b`)
    .action(act(stop))
  program.command('doctor')
    .description('look for what keeps this node from working, running or not')
    .option('--attack', 'attack this computer from inside a guest, and show what was refused')
    .addHelpText('after', `
Exit code 1 when something fails.

Examples:
  $ depin doctor
  $ depin doctor --attack
  $ depin doctor --json | jq '.[] | select(.status == "fail")'`)
    .action(act(doctor))
}

async function status(context: Context): Promise<void> {
  const client = await context.client()
  const [node, dashboard, updates] = await Promise.all([client.node.status(), client.node.dashboard(), updateLine(client)])
  // with its token in both forms: who may ask here has it already
  await context.print({ ...node, dashboard: dashboard.url }, (shown) => statusText(shown, updates, context.io))
}

/** Null: nothing to say, or a service that was started before it could. */
async function updateLine(client: Client): Promise<string | null> {
  try {
    return updateNote(await client.updates.get())
  } catch {
    return null
  }
}

async function stop(context: Context): Promise<void> {
  const { client, closed } = await context.connection()
  // a service that is quick to stop may not get to answer
  await Promise.race([client.node.stop(), closed])
  await closed
  await context.print({ stopped: true }, () => 'The service has stopped.\n')
}

async function doctor(context: Context, options: { attack?: true }): Promise<void> {
  if (options.attack === true) {
    await attack(context)
    return
  }
  const findings = await (await context.anyClient()).doctor.run()
  await context.print(findings, (shown) => findingsText(shown, context.io.hasColours))
  if (findings.some((finding) => finding.status === 'fail')) context.failed()
}

async function attack(context: Context): Promise<void> {
  const findings = await (await context.client()).doctor.attack()
  await context.print(findings, (shown) => attackText(shown, context.io.hasColours))
  if (findings.some(({ outcome, expected }) => outcome !== expected)) context.failed()
}
