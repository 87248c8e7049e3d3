import type { ShareStatus } from '../../../contract/nouns/node.ts'
import type { OwnerRules } from '../../../contract/nouns/owner.ts'
import { Card } from '../../components/Card.tsx'
import { Choose } from '../../components/Choose.tsx'
import { NumberBox } from '../../components/NumberBox.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { allowanceOf, allowancePatch, canTell, ruleIds } from '../../sharing/rules.ts'
import type { RuleId } from '../../sharing/rules.ts'
import { useSettings } from '../../sharing/useSettings.ts'
import { HoursCard } from './hours/HoursCard.tsx'
import { AllowanceChoice, RuleRow } from './RuleRow.tsx'

/** When guests give way: the rules, and the hours of the week. */
export function WhenSection({ share }: { share: ShareStatus }) {
  const f = useFormat()
  const { apply } = useSettings()
  const { rules } = share.settings
  const { holds, signals } = share.owner
  return (
    <>
      <Card title={f.t('rules.title')}>
        <ul className="divide-y divide-line">
          {ruleIds.map((id) => (
            <RuleRow key={id} title={f.t(`rule.${id}`)} text={ruleText(id, rules, f)} allow={allowanceOf(rules, id)} known={canTell(signals, id)}
              active={holds.some(({ cause, lifted }) => cause === id && !lifted)} more={<More id={id} rules={rules} />}
              onChange={(allow) => apply(allowancePatch(id, allow), allowancePatch(id, allowanceOf(rules, id)))} />
          ))}
          <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-medium">{f.t('rule.idle')}</p>
              <p className="text-small text-ink-2">{f.t('rule.idleText')}</p>
            </div>
            <AllowanceChoice label={f.t('rule.idle')} allow={rules.idle} withAll f={f} onChange={(idle) => apply({ rules: { idle } }, { rules: { idle: rules.idle } })} />
          </li>
        </ul>
      </Card>
      <HoursCard rule={rules.hours} />
    </>
  )
}

function ruleText(id: RuleId, rules: OwnerRules, f: ReturnType<typeof useFormat>): string {
  switch (id) {
    case 'hot': return f.t('rule.hotText', { degrees: f.degrees(rules.hot.aboveC) })
    case 'busy': return f.t('rule.busyText', { percent: f.percent(rules.busy.abovePercent / 100) })
    case 'in-use': case 'full-screen': case 'battery': case 'metered': return f.t(`rule.${id}Text`)
  }
}

const minuteChoices = [1, 5, 10, 15, 30, 60]

/** The figure that belongs to a rule. */
function More({ id, rules }: { id: RuleId; rules: OwnerRules }) {
  const f = useFormat()
  const { apply } = useSettings()
  switch (id) {
    case 'in-use': {
      const minutes = minuteChoices.includes(rules.idleMinutes) ? minuteChoices : [...minuteChoices, rules.idleMinutes]
      return (
        <Choose label={f.t('rule.minutes')} chosen={String(rules.idleMinutes)} options={minutes.map((count) => ({ id: String(count), label: f.duration(count * 60_000) }))}
          onChoose={(count) => apply({ rules: { idleMinutes: Number(count) } }, { rules: { idleMinutes: rules.idleMinutes } })} />
      )
    }
    case 'hot': return (
      <NumberBox label={f.t('rule.degrees')} value={rules.hot.aboveC} min={40} max={110} format={{ style: 'unit', unit: 'celsius', unitDisplay: 'short' }}
        onChange={(aboveC) => apply({ rules: { hot: { aboveC } } }, { rules: { hot: { aboveC: rules.hot.aboveC } } })} />
    )
    case 'busy': return (
      <NumberBox label={f.t('rule.load')} value={rules.busy.abovePercent} min={5} max={100} step={5} format={{ style: 'unit', unit: 'percent' }}
        onChange={(abovePercent) => apply({ rules: { busy: { abovePercent } } }, { rules: { busy: { abovePercent: rules.busy.abovePercent } } })} />
    )
    case 'full-screen': case 'battery': case 'metered': return null
  }
}
