import { useLocation } from 'wouter'
import type { Onboarding, OnboardingPatch, OnboardingStep } from '../../../contract/nouns/onboarding.ts'
import { useOrder } from '../../stores/useOrder.ts'
import { beside, pathOf } from './steps.ts'

/** Moving through Setup: each step is durable in the service before the next is shown. */
export function useSetup(onboarding: Onboarding, step: OnboardingStep) {
  const order = useOrder('setup')
  const [, navigate] = useLocation()

  const save = (patch: OnboardingPatch) => order.give((client) => client.onboarding.save(patch))

  /** Part of the order, so that “Try again” goes there as well. */
  async function saveAndGo(patch: OnboardingPatch, path: string): Promise<void> {
    await order.give(async (client) => {
      await client.onboarding.save(patch)
      navigate(path)
    })
  }

  const go = (to: OnboardingStep, patch: OnboardingPatch = {}) => saveAndGo({ ...patch, step: to }, pathOf(to))

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
    leave(): Promise<void> {
      if (onboarding.state === 'due') return saveAndGo({ state: 'later' }, '/')
      navigate('/')
      return Promise.resolve()
    },
  }
}

export type SetupMoves = ReturnType<typeof useSetup>
