import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiServer } from '../api/index.ts'
import { defaultLimits, type ListenerLimits } from '../api/adapters/listener.ts'
import type { ApiRouter } from '../api/index.ts'
import { createSystemClock, createSystemRng, type Clock, type Logger } from '../base/index.ts'
import type { RunningApi } from './api-clients.ts'
import { silentLog } from './deps.ts'

export interface StartApiOptions extends Partial<ListenerLimits> {
  router: ApiRouter
  clock?: Clock
  log?: Logger
}

/** The real server on loopback and a local socket, in a data directory of its own, which `stop` removes. */
export async function startApi({ router, clock = createSystemClock(), log = silentLog, ...limits }: StartApiOptions): Promise<RunningApi & { stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'depin-api-'))
  const server = createApiServer(
    { dataDir, version: '0.1.0', http: { host: '127.0.0.1', port: 0 }, dashboardDir: null },
    { router, clock, rng: createSystemRng(), log }, { ...defaultLimits, ...limits },
  )
  await server.start()
  return {
    dataDir,
    server,
    stop: async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
