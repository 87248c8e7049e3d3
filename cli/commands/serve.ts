import { Option, type Command } from 'commander'
import { ReadyEvent, ServeOptions } from '../../contract/nouns/serve.ts'
import type { Context } from '../context.ts'
import { engineText } from '../output/views/node.ts'
import { plain } from '../output/text.ts'
import { durationMs, engine, hostAndPort, multiaddr, repeated } from '../parse.ts'
import type { Act } from '../act.ts'

interface ServeFlags {
  http?: { host: string, port: number }
  listen: string[]
  bootstrap: string[]
  mdns: boolean
  engine: string
  share?: true
  log: ServeOptions['logLevel']
  newIdentity?: true
  whenFree?: number
}

export function register(program: Command, act: Act): void {
  program.command('serve')
    .description('run a node, until Ctrl-C')
    .option('--http <host:port>', 'where the dashboard listens, on this machine only; any free port when left out', hostAndPort)
    .option('--listen <multiaddr>', 'where other nodes reach this one; may come several times', repeated(multiaddr), [])
    .option('--bootstrap <multiaddr>', 'a node to begin with, ending in /p2p/PEER; may come several times', repeated(multiaddr), [])
    .option('--no-mdns', 'do not look for nodes on the local network')
    .option('--engine <which>', 'auto, docker, none, or the path of an engine’s socket', engine, 'auto')
    .option('--share', 'begin to share this computer')
    .addOption(new Option('--log <level>', 'how much to log, on standard error').choices(['debug', 'info', 'warn', 'error', 'silent']).default('warn'))
    .option('--new-identity', 'begin anew where an identity was lost')
    .option('--when-free <duration>', 'wait so long for a service that is about to stop on the same data directory', durationMs)
    .addHelpText('after', `
With --json the first line is {"event":"ready","peerId","addresses","dashboard","engine","pid","dataDir"}.

Examples:
  $ depin serve
  $ depin serve --share --http 127.0.0.1:8080
  $ depin serve --data-dir ./node-b --no-mdns --bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…`)
    .action(act(serve))
}

async function serve(context: Context, flags: ServeFlags): Promise<void> {
  const options = ServeOptions.parse({
    dataDir: context.dataDir,
    http: flags.http ?? null,
    listen: flags.listen,
    bootstrap: flags.bootstrap,
    mdns: flags.mdns,
    engine: flags.engine,
    share: flags.share === true,
    logLevel: flags.log,
    newIdentity: flags.newIdentity === true,
    ...flags.whenFree !== undefined && { whenFreeMs: flags.whenFree },
  } satisfies ServeOptions)
  const service = await context.io.loadService()
  await service.serve(options, { signal: context.io.signal, onReady: (event) => void context.print(ReadyEvent.parse(event), readyText) })
}

function readyText(event: ReadyEvent): string {
  return `Depin is running in ${plain(event.dataDir)}.
Dashboard  ${plain(event.dashboard)}
Peer       ${event.peerId}
Engine     ${plain(engineText(event.engine))}
Stop it with Ctrl-C.
`
}
