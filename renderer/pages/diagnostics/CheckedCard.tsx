import { useEffect } from 'react'
import { Link } from 'react-aria-components'
import { useStore } from 'zustand'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'
import { findingsOf } from '../../stores/doctor.ts'
import { findingSentence, marks } from './findings.ts'

/** What was looked at, in a line each, worst first: beside a hero that says what is wrong. */
export function CheckedCard() {
  const f = useFormat()
  const { doctor, connection } = useStores()
  const state = useStore(doctor.store)
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  // What was found before it stopped says nothing of now.
  useEffect(() => {
    if (isOpen) void doctor.run()
  }, [isOpen, doctor])
  const findings = findingsOf(state)
  return (
    <Card title={f.t('checked.title')} end={<Link href="#/diagnostics" className="inline-flex min-h-6 items-center rounded-sm text-small font-medium text-primary-text hovered:underline">{f.t('checked.open')}</Link>}>
      {findings.length === 0 && state.kind !== 'failed' && <LoadingLines lines={4} quiet />}
      {state.kind === 'failed' && <div className="mt-3"><Problem error={state.error} onRetry={() => void doctor.run()} /></div>}
      <ul className="mt-1">
        {findings.map((finding) => (
          <li key={finding.id} className="flex min-h-8.5 items-start gap-2.5 py-1.5 text-small">
            <Icon of={marks[finding.status].icon} look="nav" className={marks[finding.status].ink} />
            <span className={finding.status === 'ok' ? '' : 'font-semibold'}><span className="sr-only">{`${f.t(marks[finding.status].word)}: `}</span>{f.t('checked.line', { what: f.t(`finding.${finding.id}`), sentence: findingSentence(finding, f) })}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
