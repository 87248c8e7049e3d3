/** The way through Setup. Pure. */
import { onboardingSteps } from '../../../contract/nouns/onboarding.ts'
import type { Onboarding, OnboardingStep } from '../../../contract/nouns/onboarding.ts'

export type Purpose = NonNullable<Onboarding['purpose']>
export const purposes = ['share', 'deploy', 'both'] as const satisfies readonly Purpose[]

/** Who only runs apps elsewhere shares nothing that would have to be checked or measured out. */
const withoutSharing: readonly OnboardingStep[] = ['welcome', 'safety', 'review']

export function stepsFor(purpose: Onboarding['purpose']): readonly OnboardingStep[] {
  return purpose === 'deploy' ? withoutSharing : onboardingSteps
}

/** The step that an address means; where it means none, or one that is not on this way, the one that was reached. */
export function stepAt(address: string | undefined, { purpose, step }: Pick<Onboarding, 'purpose' | 'step'>): OnboardingStep {
  const steps = stepsFor(purpose)
  return steps.find((one) => one === address) ?? steps.find((one) => one === step) ?? 'welcome'
}

/** What comes after, or before; null at the ends. */
export function beside(step: OnboardingStep, purpose: Onboarding['purpose'], by: 1 | -1): OnboardingStep | null {
  const steps = stepsFor(purpose)
  return steps[steps.indexOf(step) + by] ?? null
}

export function pathOf(step: OnboardingStep): string {
  return `/setup/${step}`
}

export function isSetup(location: string): boolean {
  return location === '/setup' || location.startsWith('/setup/')
}
