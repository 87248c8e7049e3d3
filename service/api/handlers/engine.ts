import { implement } from '@orpc/server'
import { api } from '../../../contract/api.ts'
import { DepinError } from '../../../contract/errors.ts'
import type { EngineSetup } from '../../engine-setup/types.ts'

const os = implement(api)

export interface EngineHandlerDeps {
  engineSetup: EngineSetup
  /** Guest apps that are here now. */
  guestCount: () => number
}

export function engineHandlers({ engineSetup, guestCount }: EngineHandlerDeps) {
  return {
    list: os.engine.list.handler(({ signal }) => engineSetup.list(signal)),
    plan: os.engine.plan.handler(({ input, signal }) => engineSetup.plan(input.example, signal)),
    examples: os.engine.examples.handler(() => engineSetup.examples()),
    last: os.engine.last.handler(() => engineSetup.last()),
    setup: os.engine.setup.handler(({ input }) => toGenerator(engineSetup.setup(input.planId))),
    start: os.engine.start.handler(() => toGenerator(engineSetup.start())),
    undo: os.engine.undo.handler(() => {
      const guests = guestCount()
      if (guests > 0) throw new DepinError('E_CONFLICT', `${guests === 1 ? 'A guest app runs' : `${guests} guest apps run`} on this engine.`, { next: 'Turn sharing off and end the guest apps first.', details: { guests } })
      return toGenerator(engineSetup.undo())
    }),
    cancel: os.engine.cancel.handler(async () => {
      await engineSetup.cancel()
      return {}
    }),
  }
}

async function* toGenerator<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* items
}
