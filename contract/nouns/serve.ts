import * as z from 'zod'
import { PeerId } from '../ids.ts'
import { EngineStatus } from './node.ts'

/** What `depin serve` takes. Multiaddrs and sockets are checked where they are used. */
export const ServeOptions = z.object({
  dataDir: z.string().min(1),
  /** Where the dashboard listens; null: wherever is free on loopback. Loopback only. */
  http: z.object({ host: z.string(), port: z.int().min(0).max(65535) }).nullable(),
  listen: z.array(z.string()),
  bootstrap: z.array(z.string()),
  mdns: z.boolean(),
  /** `auto`, `docker`, `none`, or the path of a socket. */
  engine: z.string(),
  share: z.boolean(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  /** The data directory is new or was lost, and a new identity is wanted. */
  newIdentity: z.boolean(),
  /** How long to wait, ms, for a service that is about to let go of the data directory: after an update. */
  whenFreeMs: z.int().min(0).max(600_000).optional(),
})
export type ServeOptions = z.infer<typeof ServeOptions>

/** The first line of `depin serve --json`. */
export const ReadyEvent = z.object({
  event: z.literal('ready'),
  peerId: PeerId,
  addresses: z.array(z.string()),
  /** With its token: opens the dashboard, signed in. */
  dashboard: z.string(),
  engine: EngineStatus,
  pid: z.int(),
  dataDir: z.string(),
})
export type ReadyEvent = z.infer<typeof ReadyEvent>

/** Files in the data directory by which a client on this machine finds its service and shows that it may. */
export const serviceFileName = 'service.json'
export const tokenFileName = 'api-token'

/** `service.json`: where the running service is reached. There only while it runs, or after it was killed. */
export const ServiceFile = z.object({
  pid: z.int(),
  /** Path of the local socket; on Windows the name of a pipe. */
  socket: z.string(),
  /** Without its token; null when no dashboard is served. */
  dashboard: z.string().nullable(),
  startedAtMs: z.int(),
  version: z.string(),
  /** What it was started with, for whoever starts it anew. Not there when it cannot be: the desktop starts its own. */
  serve: ServeOptions.omit({ newIdentity: true, whenFreeMs: true }).optional(),
})
export type ServiceFile = z.infer<typeof ServiceFile>

/** `put-back.json`: an update to this version was taken back, and may have changed the database. */
export const putBackFileName = 'put-back.json'
export const PutBack = z.object({ version: z.string().max(64) })
export type PutBack = z.infer<typeof PutBack>

/** The same options as a command line: `serve …`. */
export function serveArguments(options: Omit<ServeOptions, 'whenFreeMs'>): string[] {
  return [
    'serve', '--data-dir', options.dataDir, '--engine', options.engine, '--log', options.logLevel,
    ...options.http === null ? [] : ['--http', `${options.http.host}:${options.http.port}`],
    ...options.listen.flatMap((address) => ['--listen', address]),
    ...options.bootstrap.flatMap((address) => ['--bootstrap', address]),
    ...options.mdns ? [] : ['--no-mdns'],
    ...options.share ? ['--share'] : [],
    ...options.newIdentity ? ['--new-identity'] : [],
  ]
}
