import type { ReactNode } from 'react'
import type { Allowance } from '../../../contract/nouns/owner.ts'
import { Badge } from '../../components/Badge.tsx'
import { Choose } from '../../components/Choose.tsx'
import { Switch } from '../../components/Switch.tsx'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { isOn } from '../../sharing/rules.ts'

/** One rule: what it is about, what guests may do while it holds, and whether it counts at all. */
export function RuleRow({ title, text, allow, active, known, more, onChange }: {
  title: string
  text: string
  allow: Allowance
  /** It holds now. */
  active: boolean
  /** False: this computer cannot tell, and the rule never holds. */
  known: boolean
  /** What else the rule needs: minutes, degrees. */
  more?: ReactNode
  onChange: (allow: Allowance) => void
}) {
  const f = useFormat()
  const on = isOn(allow)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2 font-medium">{title}{active && <Badge tone="attention">{f.t('when.active')}</Badge>}</p>
        <p className="text-small text-ink-2">{text}</p>
        {!known && <p className="text-caption text-ink-3">{f.t('when.unknown')}</p>}
      </div>
      {on && more}
      {on && <AllowanceChoice label={f.t('rule.then', { rule: title })} allow={allow} onChange={onChange} f={f} />}
      <Switch look={on ? 'on' : 'off'} label={title} onChange={(wanted) => onChange(wanted ? 'asleep' : 100)} />
    </li>
  )
}

const percents = [10, 25, 50, 75] as const

export function AllowanceChoice({ label, allow, withAll = false, onChange, f }: { label: string; allow: Allowance; withAll?: boolean; onChange: (allow: Allowance) => void; f: Format }) {
  const values: Allowance[] = ['asleep', ...percents, ...withAll ? [100] : []]
  if (!values.includes(allow)) values.push(allow)
  return (
    <Choose label={label} chosen={String(allow)} options={values.map((value) => ({ id: String(value), label: allowanceText(value, f) }))}
      onChoose={(id) => onChange(id === 'asleep' ? 'asleep' : Number(id))} />
  )
}

function allowanceText(allow: Allowance, f: Format): string {
  if (allow === 'asleep') return f.t('rule.asleep')
  return allow === 100 ? f.t('rule.all') : f.t('rule.atMost', { percent: f.percent(allow / 100) })
}
