import { ClipboardCopy, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { DoctorFinding } from '../../../contract/nouns/node.ts'
import { Badge } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { useCopy } from '../../components/CopyButton.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { findingsOf } from '../../stores/doctor.ts'
import { AttackCard } from './AttackCard.tsx'
import { findingFix, findingSentence, marks } from './findings.ts'
import { Fix } from './Fix.tsx'
import { reportText } from './report.ts'
import { useFirstCheck } from './useFirstCheck.ts'

/** All checks, each a sentence with what can be done about it, and a report to hand on. */
export function DiagnosticsPage() {
  const f = useFormat()
  const { doctor } = useStores()
  const state = useStore(doctor.store)
  useFirstCheck()
  const findings = findingsOf(state)
  const problems = findings.filter(({ status }) => status !== 'ok').length
  return (
    <Page title={f.t('nav.diagnostics')}>
      <PageHead title={f.t('nav.diagnostics')} note={f.t('diagnostics.text')}
        end={<Button look="primary" icon={RotateCw} busy={state.kind === 'checking'} onPress={() => void doctor.run()}>{f.t('diagnostics.run')}</Button>} />
      {state.kind === 'failed' && <Problem error={state.error} onRetry={() => void doctor.run()} />}
      <Card title={f.t('diagnostics.checks')} {...findings.length > 0 && { end: <Badge tone={problems === 0 ? 'good' : 'attention'}>{problems === 0 ? f.t('health.allGood') : f.t('health.problems', { count: problems })}</Badge> }}>
        {findings.length === 0 && state.kind !== 'failed' && <LoadingLines lines={6} />}
        <ul className="mt-1 divide-y divide-line">{findings.map((finding) => <FindingRow key={finding.id} finding={finding} />)}</ul>
      </Card>
      <AttackCard />
      <ReportCard />
    </Page>
  )
}

function FindingRow({ finding }: { finding: DoctorFinding }) {
  const f = useFormat()
  const { icon, ink, word } = marks[finding.status]
  const fix = findingFix(finding, f)
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3">
      <Icon of={icon} look="nav" className={`mt-0.5 ${ink}`} />
      <div className="min-w-0 flex-1 basis-60 text-small">
        <p className="font-semibold">{f.t(`finding.${finding.id}`)}<span className="sr-only">{`: ${f.t(word)}`}</span></p>
        <p>{findingSentence(finding, f)}</p>
        {fix !== null && <p className="text-ink-2">{fix}</p>}
      </div>
      <Fix finding={finding} />
    </li>
  )
}

/** Shows what would be copied before it is. */
function ReportCard() {
  const f = useFormat()
  const { doctor, clock } = useStores()
  const state = useStore(doctor.store)
  const facts = { node: useKnown('node'), share: useKnown('share'), findings: findingsOf(state), activity: useKnown('activity') ?? [] }
  const [text, setText] = useState<string | null>(null)
  const copy = useCopy()
  return (
    <Card title={f.t('report.title')}>
      <p className="mt-1 text-small text-ink-2">{f.t('report.text')}</p>
      {text !== null && <pre dir="ltr" tabIndex={0} aria-label={f.t('report.title')} className="mt-3 max-h-80 overflow-auto rounded-md bg-well p-3 font-mono text-caption whitespace-pre-wrap">{text}</pre>}
      <div className="mt-3">
        {text === null
          ? <Button onPress={() => setText(reportText({ ...facts, nowMs: clock.nowMs() }))}>{f.t('report.show')}</Button>
          : <Button look="primary" icon={ClipboardCopy} onPress={() => copy(text)}>{f.t('report.copy')}</Button>}
      </div>
    </Card>
  )
}
