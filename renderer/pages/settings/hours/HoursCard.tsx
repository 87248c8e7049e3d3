import { useState } from 'react'
import type { HoursGrid, OwnerRules } from '../../../../contract/nouns/owner.ts'
import { TextButton } from '../../../components/Button.tsx'
import { Card } from '../../../components/Card.tsx'
import { Segments } from '../../../components/Segments.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useSettings } from '../../../sharing/useSettings.ts'
import { hoursAWeek } from './hours.ts'
import { HoursGridView } from './HoursGridView.tsx'
import { HoursTimes } from './HoursTimes.tsx'

/** In which hours of the week this computer is shared. */
export function HoursCard({ rule }: { rule: OwnerRules['hours'] }) {
  const f = useFormat()
  const { apply } = useSettings()
  const [written, setWritten] = useState(false)
  const change = (grid: HoursGrid) => apply({ rules: { hours: { on: true, grid } } }, { rules: { hours: rule } })
  return (
    <Card title={f.t('hours.title')} end={(
      <Segments label={f.t('hours.title')} chosen={rule.on ? 'set' : 'always'} onChoose={(id) => apply({ rules: { hours: { on: id === 'set' } } }, { rules: { hours: { on: rule.on } } })}
        segments={[{ id: 'always', label: f.t('hours.always') }, { id: 'set', label: f.t('hours.set') }]} />
    )}>
      <p className="mt-1 text-small text-ink-2">{rule.on ? f.t('hours.aWeek', { hours: hoursAWeek(rule.grid) }) : f.t('hours.alwaysText')}</p>
      {rule.on && (
        <div className="mt-3 flex flex-col gap-3">
          {written ? <HoursTimes key={JSON.stringify(rule.grid)} grid={rule.grid} onChange={change} /> : <HoursGridView grid={rule.grid} onChange={change} />}
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <TextButton onPress={() => setWritten(!written)}>{f.t(written ? 'hours.asGrid' : 'hours.asTimes')}</TextButton>
            {!written && <span className="text-caption text-ink-3">{f.t('hours.keys')}</span>}
          </div>
        </div>
      )}
    </Card>
  )
}
