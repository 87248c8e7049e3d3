import { ShieldCheck, TriangleAlert } from 'lucide-react'
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import type { ShareEgress, ShareStatus } from '../../../contract/nouns/node.ts'
import { EgressTier, egressTiers } from '../../../contract/wire/v1/records.ts'
import { Callout } from '../../components/Badge.tsx'
import { Card } from '../../components/Card.tsx'
import { NumberBox } from '../../components/NumberBox.tsx'
import { Switch } from '../../components/Switch.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useSettings } from '../../sharing/useSettings.ts'
import { ImagesCard } from './ImagesCard.tsx'

/** What guests may do on the owner's internet connection. */
export function SafetySection({ share }: { share: ShareStatus }) {
  const f = useFormat()
  const { egress } = share.settings
  return (
    <>
      <Card title={f.t('egress.title')}>
        <Tiers egress={egress} />
        <div className="mt-4">
          {egress.tier === 'open'
            ? <Callout tone="attention" icon={TriangleAlert}><p className="font-medium text-ink">{f.t('egress.openWarning')}</p><p>{f.t('egress.openRefused')}</p></Callout>
            : <Callout tone="good" icon={ShieldCheck}>{f.t('egress.inside')}</Callout>}
        </div>
      </Card>
      <Card title={f.t('egress.limits')}><Caps egress={egress} /></Card>
      <ImagesCard />
    </>
  )
}

function Tiers({ egress }: { egress: ShareEgress }) {
  const f = useFormat()
  const { apply } = useSettings()
  return (
    <RadioGroup value={egress.tier} onChange={(id) => {
      const tier = EgressTier.safeParse(id).data
      if (tier !== undefined && tier !== egress.tier) apply({ egress: { tier } }, { egress: { tier: egress.tier } })
    }} className="mt-1 flex flex-col gap-2">
      <Label className="text-small text-ink-2">{f.t('egress.text')}</Label>
      <div className="grid gap-3 table:grid-cols-3">
        {egressTiers.map((tier) => (
          <RadioField key={tier} value={tier}><RadioButton className="choice-card">
            <span className="text-h3 font-semibold">{f.t(`egress.${tier}`)}</span>
            <span className="text-small text-ink-2">{f.t(`egress.${tier}Text`)}</span>
          </RadioButton></RadioField>
        ))}
      </div>
    </RadioGroup>
  )
}

/** What “no limit” becomes when a limit is wanted; GiB a month. */
const firstMonthlyGiB = 100

function Caps({ egress }: { egress: ShareEgress }) {
  const f = useFormat()
  const { apply } = useSettings()
  const { rateMbit, monthlyGiB } = egress
  const setMonthly = (next: number | null) => apply({ egress: { monthlyGiB: next } }, { egress: { monthlyGiB } })
  return (
    <ul className="divide-y divide-line">
      <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
        <div className="min-w-0 flex-1 basis-60"><p className="font-medium">{f.t('egress.rate')}</p><p className="text-small text-ink-2">{f.t('egress.rateText')}</p></div>
        <NumberBox label={f.t('egress.rate')} value={rateMbit} min={1} max={100_000} format={{ style: 'unit', unit: 'megabit-per-second', unitDisplay: 'short' }}
          onChange={(next) => apply({ egress: { rateMbit: next } }, { egress: { rateMbit } })} />
      </li>
      <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
        <div className="min-w-0 flex-1 basis-60"><p className="font-medium">{f.t('egress.monthly')}</p><p className="text-small text-ink-2">{f.t(monthlyGiB === null ? 'egress.monthlyNone' : 'egress.monthlyText')}</p></div>
        {monthlyGiB !== null && (
          <NumberBox label={f.t('egress.monthlyLimit')} value={monthlyGiB} min={1} max={1_000_000} format={{ style: 'unit', unit: 'gigabyte', unitDisplay: 'short' }} onChange={setMonthly} />
        )}
        <Switch look={monthlyGiB === null ? 'off' : 'on'} label={f.t('egress.monthly')} onChange={(on) => setMonthly(on ? firstMonthlyGiB : null)} />
      </li>
    </ul>
  )
}
