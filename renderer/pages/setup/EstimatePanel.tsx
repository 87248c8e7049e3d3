import { Info } from 'lucide-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { ShareStatus } from '../../../contract/nouns/node.ts'
import type { EstimateAssumptions, Onboarding } from '../../../contract/nouns/onboarding.ts'
import { Callout } from '../../components/Badge.tsx'
import { Card } from '../../components/Card.tsx'
import { Field } from '../../components/Field.tsx'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { NumberBox } from '../../components/NumberBox.tsx'
import type { Format } from '../../format/format.ts'
import { parseMoney } from '../../format/money.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { estimateOf } from '../../sharing/estimate.ts'
import type { Range } from '../../sharing/estimate.ts'
import { canTell } from '../../sharing/rules.ts'

export function rangeText({ low, high }: Range, f: Format): string {
  return low === high ? f.price(low) : f.t('estimate.range', { low: f.price(low), high: f.price(high) })
}

/** What this may bring a month: computed anew with every move of a slider, from the owner's prices and the assumptions shown here. */
export function EstimatePanel({ share, settled, onboarding, onChange }: {
  /** With what is being moved right now. */
  share: ShareStatus
  /** As the service has it: what is spoken. */
  settled: ShareStatus
  onboarding: Onboarding
  onChange: (assumptions: Partial<EstimateAssumptions>) => void
}) {
  const f = useFormat()
  const { assumptions } = onboarding
  const tellsUse = canTell(share.owner.signals, 'in-use')
  const facts = { assumptions, tellsUse }
  const estimate = estimateOf({ settings: share.settings, ...facts })
  const spoken = estimateOf({ settings: settled.settings, ...facts })
  const hasPower = estimate.electricity !== null
  const percent: Intl.NumberFormatOptions = { style: 'unit', unit: 'percent' }
  return (
    <Card title={f.t('estimate.title')}>
      <p className="num mt-2 text-hero font-semibold">{rangeText(estimate.left, f)}</p>
      <p className="text-small text-ink-2">{f.t(hasPower ? 'estimate.after' : 'estimate.before')}</p>
      <p role="status" className="sr-only">{f.t('estimate.spoken', { range: rangeText(spoken.left, f) })}</p>
      <KeyValues>
        <KeyValue name={f.t('estimate.hours')}>{f.number(estimate.hoursADay, { maximumFractionDigits: 1 })}</KeyValue>
        <KeyValue name={f.t('estimate.rentersPay')}>{rangeText(estimate.rentersPay, f)}</KeyValue>
        {estimate.electricity !== null && <KeyValue name={f.t('estimate.electricity')}>{rangeText(estimate.electricity, f)}</KeyValue>}
        <KeyValue name={f.t('estimate.left')}>{rangeText(estimate.left, f)}</KeyValue>
        <KeyValue name={f.t('estimate.atMost')}>{f.price(estimate.atMost)}</KeyValue>
      </KeyValues>
      <h3 className="mt-4 text-small font-semibold">{f.t('estimate.assumptions')}</h3>
      <p className="text-caption text-ink-2">{f.t('estimate.assumptionsText')}</p>
      <div className="mt-2 flex flex-col gap-2.5">
        <Assumption text={f.t('estimate.rentedLow')}><NumberBox label={f.t('estimate.rentedLow')} value={assumptions.rentedLowPercent} min={0} max={100} step={5} format={percent} onChange={(rentedLowPercent) => onChange({ rentedLowPercent })} /></Assumption>
        <Assumption text={f.t('estimate.rentedHigh')}><NumberBox label={f.t('estimate.rentedHigh')} value={assumptions.rentedHighPercent} min={0} max={100} step={5} format={percent} onChange={(rentedHighPercent) => onChange({ rentedHighPercent })} /></Assumption>
        {tellsUse && <Assumption text={f.t('estimate.ownUse')}><NumberBox label={f.t('estimate.ownUse')} value={assumptions.ownUseHours} min={0} max={24} step={0.5} format={{ style: 'unit', unit: 'hour', unitDisplay: 'short' }} onChange={(ownUseHours) => onChange({ ownUseHours })} /></Assumption>}
        <PowerPrice micro={assumptions.kilowattHourMicro} onChange={(kilowattHourMicro) => onChange({ kilowattHourMicro })} />
        {hasPower && <Assumption text={f.t('estimate.watts')}><NumberBox label={f.t('estimate.watts')} value={assumptions.wattsPerCore} min={0} max={100} step={0.5} format={{ maximumFractionDigits: 1 }} onChange={(wattsPerCore) => onChange({ wattsPerCore })} /></Assumption>}
      </div>
      <div className="mt-4"><Callout tone="plain" icon={Info}>{f.t('estimate.promise')}</Callout></div>
    </Card>
  )
}

function Assumption({ text, children }: { text: string; children: ReactNode }) {
  return <div className="flex items-center justify-between gap-3 text-small"><span className="min-w-0 text-ink-2">{text}</span>{children}</div>
}

/** Empty: not said. Takes effect as it is written, once it is an amount. */
function PowerPrice({ micro, onChange }: { micro: bigint | null; onChange: (micro: bigint | null) => void }) {
  const f = useFormat()
  const [text, setText] = useState(micro === null ? '' : String(Number(micro) / 1_000_000))
  const amount = parseMoney(text)
  const isUsable = text.trim() === '' || (amount !== null && amount <= 100_000_000n)
  return (
    <Field label={f.t('estimate.kilowattHour')} value={text} inputMode="decimal" placeholder="0.14" error={isUsable ? null : f.t('estimate.noAmount')} onChange={(next) => {
      setText(next)
      const value = parseMoney(next)
      if (next.trim() === '') onChange(null)
      else if (value !== null && value <= 100_000_000n) onChange(value)
    }} />
  )
}
