import { useLocation } from 'wouter'
import type { Onboarding, OnboardingPatch, OnboardingStep } from '../../../contract/nouns/onboarding.ts'
import { useOrder } from '../../stores/useOrder.ts'
import { beside, pathOf } from './steps.ts'

/** Moving through Setup: each step is durable in the service before the next is shown. */
export function useSetup(onboarding: Onboarding, step: OnboardingStep) {
  const order = useOrder('setup')
  const [, navigate] = useLocation()

  const save = (patch: OnboardingPatch) => order.give((client) => client.onboarding.save(patch))

  async function go(to: OnboardingStep, patch: OnboardingPatch = {}): Promise<void> {
    if (await save({ ...patch, step: to }) !== null) navigate(pathOf(to))
  }

  return {
    busy: order.busy,
    save,
    go,
    /** `purpose`: as it is from now on. */
    forward: (patch: OnboardingPatch = {}) => {
      const next = beside(step, patch.purpose ?? onboarding.purpose, 1)
      return next === null ? Promise.resolve() : go(next, patch)
    },
    back: () => {
      const before = beside(step, onboarding.purpose, -1)
      return before === null ? Promise.resolve() : go(before)
    },
    async leave(): Promise<void> {
      if (onboarding.state !== 'due' || await save({ state: 'later' }) !== null) navigate('/')
    },
  }
}

export type SetupMoves = ReturnType<typeof useSetup>
