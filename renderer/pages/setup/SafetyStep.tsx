import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import { Card } from '../../components/Card.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { StepFoot, StepHead } from './StepFrame.tsx'
import type { StepProps } from './StepFrame.tsx'
import { WordsCard } from './WordsCard.tsx'

const payouts = ['by-hand', 'later'] as const

/** The key and its words, and how earnings are settled. Both can wait. */
export function SafetyStep({ onboarding, moves }: StepProps) {
  const f = useFormat()
  return (
    <>
      <StepHead title={f.t('setup.safety.title')} text={f.t('setup.safety.text')} />
      <div className="grid-two items-start">
        <WordsCard savedAtMs={onboarding.keySavedAtMs} />
        <Card title={f.t('payout.title')}>
          <RadioGroup value={onboarding.payout ?? 'later'} onChange={(id) => {
            const payout = payouts.find((one) => one === id)
            if (payout !== undefined) void moves.save({ payout })
          }} className="mt-1 flex flex-col gap-2">
            <Label className="text-small text-ink-2">{f.t('payout.text')}</Label>
            {payouts.map((id) => (
              <RadioField key={id} value={id}><RadioButton className="choice-card">
                <span className="font-semibold">{f.t(`payout.${id}`)}</span>
                <span className="text-small text-ink-2">{f.t(`payout.${id}Text`)}</span>
              </RadioButton></RadioField>
            ))}
          </RadioGroup>
        </Card>
      </div>
      <StepFoot step="safety" onboarding={onboarding} moves={moves} />
    </>
  )
}
