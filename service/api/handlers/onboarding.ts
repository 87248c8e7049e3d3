import type { TestGuest } from '../../../contract/nouns/onboarding.ts'
import { watchValue } from '../watch.ts'
import { type HandlerDeps, onEvents, os } from './deps.ts'

export function onboardingHandlers(deps: HandlerDeps) {
  const { onboarding, bus } = deps
  return {
    get: os.onboarding.get.handler(() => onboarding.get()),
    watch: os.onboarding.watch.handler(({ signal }) => watchValue({
      // what was decided elsewhere counts as well
      subscribe: onEvents(bus, ['onboarding-changed', 'sharing-changed', 'deployment-changed']), read: () => onboarding.get(), signal,
    })),
    save: os.onboarding.save.handler(({ input }) => onboarding.save(input)),
    testGuest: os.onboarding.testGuest.handler(({ signal }) => {
      onboarding.beginTest()
      return followTest(deps, signal)
    }),
    lastTest: os.onboarding.lastTest.handler(() => onboarding.lastTest()),
  }
}

async function* followTest({ onboarding, bus }: HandlerDeps, signal: AbortSignal | undefined): AsyncGenerator<TestGuest, void> {
  for await (const run of watchValue({ subscribe: onEvents(bus, ['onboarding-changed']), read: () => onboarding.lastTest(), signal })) {
    if (run === null) return
    yield run
    if (run.state !== 'running') return
  }
}

export function keyHandlers({ onboarding }: HandlerDeps) {
  return {
    words: os.key.words.handler(() => onboarding.words()),
    confirm: os.key.confirm.handler(({ input }) => onboarding.confirmWords(input.text)),
    restore: os.key.restore.handler(({ input }) => onboarding.restore(input.text)),
  }
}
