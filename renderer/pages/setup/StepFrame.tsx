import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Onboarding, OnboardingStep } from '../../../contract/nouns/onboarding.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { beside, stepsFor } from './steps.ts'
import type { SetupMoves } from './useSetup.ts'

export interface StepProps {
  onboarding: Onboarding
  moves: SetupMoves
}

export function StepHead({ title, text }: { title: string; text: ReactNode }) {
  return (
    <header>
      <h1 className="text-h1 tracking-tight">{title}</h1>
      <p className="max-w-prose text-body text-ink-2">{text}</p>
    </header>
  )
}

/** Back, where one is, and the one button that goes on. */
export function StepFoot({ step, onboarding, moves, action }: StepProps & { step: OnboardingStep; action?: ReactNode }) {
  const f = useFormat()
  const steps = stepsFor(onboarding.purpose)
  return (
    <footer className="mt-2 flex flex-wrap items-center gap-3 border-t border-line pt-4">
      {beside(step, onboarding.purpose, -1) !== null && (
        <Button look="ghost" isDisabled={moves.busy} onPress={() => void moves.back()}><Icon of={ChevronLeft} flips />{f.t('common.back')}</Button>
      )}
      <span className="ms-auto text-small text-ink-2">{f.t('setup.stepOf', { step: steps.indexOf(step) + 1, steps: steps.length })}</span>
      {action ?? <Button look="primary" size="large" busy={moves.busy} onPress={() => void moves.forward()}>{f.t('setup.continue')}</Button>}
    </footer>
  )
}
