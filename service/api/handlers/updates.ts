import { watchValue } from '../watch.ts'
import { type HandlerDeps, os } from './deps.ts'

export function updateHandlers({ updates }: HandlerDeps) {
  return {
    get: os.updates.get.handler(() => updates.status()),
    watch: os.updates.watch.handler(({ signal }) => watchValue({ subscribe: (changed) => updates.subscribe(changed), read: () => updates.status(), signal })),
    check: os.updates.check.handler(async ({ signal }) => {
      await updates.check(signal)
      return updates.status()
    }),
    install: os.updates.install.handler(() => {
      updates.install()
      return updates.status()
    }),
    setChannel: os.updates.setChannel.handler(({ input }) => {
      updates.setChannel(input.channel)
      return updates.status()
    }),
    drive: os.updates.drive.handler(async function* ({ signal }) {
      yield* updates.drive(signal)
    }),
    report: os.updates.report.handler(({ input }) => {
      updates.report(input)
      return {}
    }),
  }
}
