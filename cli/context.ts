/** What every command is given: its global options, its output, and the service when it asks for it. */
import type { Connection, Client } from './connection.ts'
import type { DepinError } from '../contract/errors.ts'
import { exitCodes, toDepinError } from './failure.ts'
import type { Io } from './io.ts'
import { explained } from './other-version.ts'
import { toJson } from './output/json.ts'
import type { OfflineClient } from './service-bundle.ts'

export interface Context {
  readonly io: Io
  readonly json: boolean
  readonly dataDir: string
  /** The running service, or E_NOT_RUNNING. */
  connection(): Promise<Connection>
  client(): Promise<Client>
  /** The running service when there is one; else its program, without starting it. */
  anyClient(): Promise<OfflineClient>
  /** The service's program in this process, whether a service runs or not: for what asks the person at this terminal. */
  ownClient(): Promise<OfflineClient>
  /** The command's result, or an item of its stream: one line of JSON, or text for people. Waits for a slow reader. */
  print<Value>(value: Value, asText: (value: Value) => string): Promise<void>
  /** For people only: nothing of it with `--json`. */
  note(text: string): void
  /** The command did what it does, and the answer is no: exit code 1. */
  failed(): void
  /** What a command ended with: also that the service is of another version, where that is why. */
  explain(error: unknown): DepinError
  close(): void
}

export function createContext(io: Io, options: { json: boolean, dataDir: string }, outcome: { exitCode: number }): Context {
  let open: Promise<Connection> | undefined
  let connected: Connection | undefined

  // the transport is a third of the program: commands that need none start without it
  const connection = (): Promise<Connection> => open ??= import('./connection.ts').then(async ({ connect }) => {
    const made = connected = await connect(options.dataDir)
    // whoever waits for an answer, or in a stream, is interrupted with it
    io.signal.addEventListener('abort', () => made.close())
    return made
  })

  async function write(text: string): Promise<void> {
    if (io.out(text)) return
    connected?.pause()
    await io.drained()
    connected?.resume()
  }

  const ownClient = async (): Promise<OfflineClient> => (await io.loadService()).offlineClient({ dataDir: options.dataDir, hasTerminal: io.canAsk })

  return {
    io,
    ...options,
    connection,
    ownClient,
    client: async () => (await connection()).client,
    anyClient: async () => {
      try {
        return (await connection()).client
      } catch (error) {
        if (toDepinError(error).code !== 'E_NOT_RUNNING') throw error
        return await ownClient()
      }
    },
    print: (value, asText) => write(options.json ? `${toJson(value)}\n` : asText(value)),
    note: (text) => { if (!options.json) io.err(text) },
    explain: (error) => explained(error, connected?.version),
    failed: () => { outcome.exitCode = exitCodes.failed },
    close: () => connected?.close(),
  }
}
