import { Command } from 'commander'
import type { Act } from './act.ts'
import * as activity from './commands/activity.ts'
import * as apps from './commands/apps.ts'
import * as deploy from './commands/deploy.ts'
import * as engine from './commands/engine.ts'
import * as forward from './commands/forward.ts'
import * as guests from './commands/guests.ts'
import * as images from './commands/images.ts'
import * as key from './commands/key.ts'
import * as logs from './commands/logs.ts'
import * as manifests from './commands/manifests.ts'
import * as money from './commands/money.ts'
import * as network from './commands/network.ts'
import * as serve from './commands/serve.ts'
import * as panic from './commands/panic.ts'
import * as service from './commands/service.ts'
import * as share from './commands/share.ts'
import * as update from './commands/update.ts'
import { createContext } from './context.ts'
import { dataDirOf } from './data-dir.ts'
import type { Io } from './io.ts'
import { ownVersion } from './other-version.ts'

interface GlobalFlags { dataDir?: string, json?: true }

export function createProgram(io: Io, outcome: { exitCode: number }): Command {
  const program = new Command('depin')
    .description('Share this computer’s spare room, and run your apps on others’.')
    .version(ownVersion)
    .option('--data-dir <dir>', 'where this node keeps its identity and data (or DEPIN_DATA_DIR)')
    .option('--json', 'print JSON: one document, or one line per item')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: io.err, outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)

  const act: Act = (work) => async (...given) => {
    const command = given.at(-1) as Command
    const { dataDir, json } = command.optsWithGlobals<GlobalFlags>()
    const context = createContext(io, { json: json === true, dataDir: dataDirOf(dataDir, io) }, outcome)
    try {
      await work(context, ...given.slice(0, -1) as never[])
    } catch (error) {
      throw context.explain(error)
    } finally {
      context.close()
    }
  }

  for (const part of [serve, service, engine, panic, key, share, images, manifests, deploy, apps, logs, forward, guests, money, network, activity, update]) part.register(program, act)
  return program
}
