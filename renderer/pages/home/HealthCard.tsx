import { Check as CheckMark, CircleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import { Badge } from '../../components/Badge.tsx'
import { TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { findingsOf } from '../../stores/doctor.ts'
import { marks } from '../diagnostics/findings.ts'
import { useFirstCheck } from '../diagnostics/useFirstCheck.ts'
import { healthChecks, problemsIn } from './health.ts'
import type { Check } from './health.ts'

export function HealthCard() {
  const f = useFormat()
  const { doctor } = useStores()
  const doctorState = useStore(doctor.store)
  const facts = { node: useKnown('node'), share: useKnown('share'), use: useKnown('use') }
  const onboarding = useKnown('onboarding')
  const keySaved = onboarding === null ? null : onboarding.keySavedAtMs !== null
  useFirstCheck()
  const findings = findingsOf(doctorState)
  const checks = healthChecks({ ...facts, findings, keySaved }, f)
  const problems = problemsIn(checks)
  // a problem is one whatever is still to come; that there is none takes all of the facts
  const isWhole = findings.length > 0 && Object.values(facts).every((fact) => fact !== null)
  return (
    <Card title={f.t('health.title')} end={(
      <>
        <TextButton onPress={() => void doctor.run()}>{f.t(doctorState.kind === 'checking' ? 'health.checking' : 'health.again')}</TextButton>
        {(problems > 0 || isWhole) && doctorState.kind !== 'failed' && <Verdict problems={problems} />}
      </>
    )}>
      {checks.length === 0 ? <LoadingLines lines={4} quiet /> : (
        <ul className="mt-2 grid gap-x-5 table:grid-cols-2">{checks.map((check) => <CheckRow key={check.id} check={check} />)}</ul>
      )}
      {doctorState.kind === 'failed' && <Problem error={doctorState.error} onRetry={() => void doctor.run()} />}
    </Card>
  )
}

function Verdict({ problems }: { problems: number }) {
  const f = useFormat()
  return problems === 0
    ? <Badge tone="good" icon={CheckMark}>{f.t('health.allGood')}</Badge>
    : <Badge tone="attention" icon={CircleAlert}>{f.t('health.problems', { count: problems })}</Badge>
}

function CheckRow({ check }: { check: Check }) {
  const f = useFormat()
  const { icon, ink, word } = marks[check.status]
  return (
    <li className="flex min-w-0 items-start gap-2.5 py-2.5">
      <Icon of={icon} look="nav" className={`mt-0.5 ${ink}`} />
      <div className="min-w-0">
        <p className="text-small font-medium">{check.title}<span className="sr-only">{`: ${f.t(word)}`}</span></p>
        <p className="text-caption text-ink-2"><bdi>{check.detail}</bdi></p>
      </div>
    </li>
  )
}
