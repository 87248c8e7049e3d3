import { Check, Monitor } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import type { Onboarding, OnboardingStep } from '../../../contract/nouns/onboarding.ts'
import { Button } from '../../components/Button.tsx'
import { classes } from '../../components/classes.ts'
import { Icon } from '../../components/Icon.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Page } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { Mark } from '../../shell/Mark.tsx'
import { StaleNote } from '../../shell/StaleNote.tsx'
import { useFeed, useKnown } from '../../stores/context.tsx'
import { CheckStep } from './CheckStep.tsx'
import { ReviewStep } from './ReviewStep.tsx'
import { SafetyStep } from './SafetyStep.tsx'
import { ShareStep } from './ShareStep.tsx'
import { pathOf, stepAt, stepsFor } from './steps.ts'
import { useSetup } from './useSetup.ts'
import type { SetupMoves } from './useSetup.ts'
import { WelcomeStep } from './WelcomeStep.tsx'

/** The first steps of an owner. What is said here is kept by the service as it is said. */
export function SetupPage({ address }: { address: string | undefined }) {
  const f = useFormat()
  const feed = useFeed('onboarding')
  const onboarding = feed.kind === 'loading' ? null : feed.value
  if (onboarding !== null) return <Known onboarding={onboarding} address={address} />
  return (
    <main className="mx-auto flex h-full max-w-content flex-col gap-4 overflow-y-auto p-page">
      <StaleNote />
      <h1 className="text-h1">{f.t('setup.title')}</h1>
      {feed.kind === 'failed' ? <Problem error={feed.error} /> : <LoadingLines lines={6} />}
    </main>
  )
}

function Known({ onboarding, address }: { onboarding: Onboarding; address: string | undefined }) {
  const f = useFormat()
  const [, navigate] = useLocation()
  const step = stepAt(address, onboarding)
  const moves = useSetup(onboarding, step)
  const main = useRef<HTMLElement>(null)
  const shown = useRef(step)

  useEffect(() => {
    if (address !== step) navigate(pathOf(step), { replace: true })
  }, [address, step, navigate])

  // A new step begins at its top, for eyes and for the keyboard.
  useEffect(() => {
    if (shown.current === step) return
    shown.current = step
    main.current?.focus()
    main.current?.scrollTo(0, 0)
  }, [step])

  const props = { onboarding, moves }
  return (
    <div className="setup-grid h-full">
      <Rail onboarding={onboarding} step={step} moves={moves} />
      <main ref={main} tabIndex={-1} className="relative flex min-w-0 flex-col gap-4 overflow-y-auto px-4 py-6 outline-none cols:px-10">
        <StaleNote />
        <Page title={f.t(`setup.${step}.title`)}>
          {step === 'welcome' && <WelcomeStep {...props} />}
          {step === 'check' && <CheckStep {...props} />}
          {step === 'share' && <ShareStep {...props} />}
          {step === 'safety' && <SafetyStep {...props} />}
          {step === 'review' && <ReviewStep {...props} />}
        </Page>
      </main>
    </div>
  )
}

/** Where one is, and of which computer this is. */
function Rail({ onboarding, step, moves }: { onboarding: Onboarding; step: OnboardingStep; moves: SetupMoves }) {
  const f = useFormat()
  const steps = stepsFor(onboarding.purpose)
  const at = steps.indexOf(step)
  const label = useKnown('node')?.label
  return (
    <div className="setup-rail flex flex-col gap-4 overflow-y-auto border-line bg-sidebar px-4 py-4 table:flex-row table:items-center table:gap-x-8 cols:px-10 side:flex-col side:items-stretch side:px-6 side:py-6">
      <p className="flex items-center gap-2.5 text-h3 font-semibold"><Mark className="size-6 shrink-0 text-primary-text" />{f.t('app.name')}</p>
      <nav aria-label={f.t('setup.steps')}>
        <ol className="flex gap-2 side:mt-6 side:flex-col side:gap-6">
          {steps.map((one, index) => (
            <li key={one} className="flex items-center gap-3 text-small" {...index === at && { 'aria-current': 'step' as const }}>
              <span className={classes('num grid size-6.5 shrink-0 place-items-center rounded-full text-caption font-semibold forced-colors:border',
                index < at && 'bg-primary-soft text-primary-text', index === at && 'bg-primary text-on-primary forced-colors:outline-2', index > at && 'border border-line-strong text-ink-2')}>
                {index < at ? <Icon of={Check} look="badge" /> : f.number(index + 1)}
              </span>
              <span className={classes('sr-only side:not-sr-only', index === at ? 'font-semibold text-ink' : 'text-ink-2')}>
                {f.t(`setup.${one}.step`)}{index < at && <span className="sr-only">{`: ${f.t('setup.stepDone')}`}</span>}
              </span>
            </li>
          ))}
        </ol>
      </nav>
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2 table:ms-auto table:mt-0 side:ms-0 side:mt-auto side:flex-col side:items-start">
        {onboarding.state !== 'done' && <Button look="ghost" size="small" onPress={() => void moves.leave()}>{f.t('setup.later')}</Button>}
        {onboarding.state === 'done' && <Button look="ghost" size="small" onPress={() => void moves.leave()}>{f.t('setup.close')}</Button>}
        {label !== undefined && <p className="flex items-center gap-2.5 text-small font-medium"><Icon of={Monitor} look="nav" className="text-ink-3" /><Outside text={label} maxLength={63} /></p>}
      </div>
    </div>
  )
}
