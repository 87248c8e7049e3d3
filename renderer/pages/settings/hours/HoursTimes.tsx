import { useState } from 'react'
import type { HoursGrid } from '../../../../contract/nouns/owner.ts'
import { Button } from '../../../components/Button.tsx'
import { Field } from '../../../components/Field.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { days, parseTimes, sameHours, timesOf } from './hours.ts'

/** The same hours, written: for those who would rather type. */
export function HoursTimes({ grid, onChange }: { grid: HoursGrid; onChange: (grid: HoursGrid) => void }) {
  const f = useFormat()
  const [texts, setTexts] = useState(() => grid.map(timesOf))
  const rows = texts.map(parseTimes)
  const whole = rows.every((row) => row !== null) ? rows : null

  function save() {
    if (whole !== null && !sameHours(whole, grid)) onChange(whole)
  }

  return (
    <form className="flex flex-col gap-3" onSubmit={(event) => {
      event.preventDefault()
      save()
    }}>
      <p className="text-small text-ink-2">{f.t('hours.timesHint')}</p>
      <div className="grid gap-3 table:grid-cols-2">
        {days.map((day) => (
          <Field key={day} label={f.weekday(day, 'long')} value={texts[day] ?? ''} placeholder={f.t('hours.none')}
            onChange={(text) => setTexts(texts.map((before, index) => index === day ? text : before))} error={rows[day] === null ? f.t('hours.timesError') : null} />
        ))}
      </div>
      <div><Button type="submit" look="primary" isDisabled={whole === null || sameHours(whole, grid)}>{f.t('hours.apply')}</Button></div>
    </form>
  )
}
