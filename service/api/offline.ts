import { createRouterClient, implement } from '@orpc/server'
import { api } from '../../contract/api.ts'
import { DepinError } from '../../contract/errors.ts'
import type { Logger } from '../base/index.ts'
import type { EngineSetup } from '../engine-setup/types.ts'
import { readManifest } from '../deployments/index.ts'
import { examine } from '../health/index.ts'
import type { HealthFacts } from '../health/types.ts'
import { reportErrors } from './errors.ts'
import { engineHandlers } from './handlers/engine.ts'

const os = implement({ manifests: api.manifests, doctor: api.doctor, engine: api.engine })

/** The procedures that need no running service, called directly. Errors are the same as over a wire. */
export function createOfflineClient(facts: () => Promise<HealthFacts>, engineSetup: EngineSetup, log: Logger) {
  const router = os.router({
    manifests: { validate: os.manifests.validate.handler(({ input }) => readManifest(input.bundle).report) },
    doctor: {
      run: os.doctor.run.handler(async () => examine(await facts())),
      attack: os.doctor.attack.handler(() => { throw new DepinError('E_NOT_RUNNING', 'Only a running service can attack its own guests’ walls.', { next: 'Start it: depin serve' }) }),
    },
    // whose guests run on an engine only a running service knows
    engine: engineHandlers({ engineSetup, guestCount: () => 0 }),
  })
  return createRouterClient(router, { context: {}, interceptors: [reportErrors(log)] })
}
