import { type HandlerDeps, os } from './deps.ts'

export function imageHandlers({ images }: HandlerDeps) {
  return {
    list: os.images.list.handler(() => images.list()),
    remove: os.images.remove.handler(async ({ input }) => {
      await images.remove(input.config)
      return {}
    }),
    policy: os.images.policy.handler(() => images.policy()),
    setRule: os.images.setRule.handler(({ input }) => images.setRule(input)),
    removeRule: os.images.removeRule.handler(({ input }) => images.removeRule(input.subject)),
    setOnlyAllowed: os.images.setOnlyAllowed.handler(({ input }) => images.setOnlyAllowed(input.on)),
    subscribe: os.images.subscribe.handler(({ input }) => images.subscribe(input.source, input.publisher)),
    unsubscribe: os.images.unsubscribe.handler(({ input }) => images.unsubscribe(input.source)),
    refresh: os.images.refresh.handler(() => images.refresh()),
    sign: os.images.sign.handler(({ input }) => ({ text: images.signBlocklist(input) })),
  }
}
