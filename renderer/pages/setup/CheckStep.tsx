import { Check, CircleAlert, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { findingsOf } from '../../stores/doctor.ts'
import { isUnderWay } from '../../stores/engineSetup.ts'
import { ConnectButton } from '../connect/ConnectButton.tsx'
import { useFirstCheck } from '../diagnostics/useFirstCheck.ts'
import { EnginePlan } from '../settings/EnginePlan.tsx'
import { EngineRun } from '../settings/EngineRun.tsx'
import { computerChecks } from './checks.ts'
import type { ComputerCheck } from './checks.ts'
import { StepFoot, StepHead } from './StepFrame.tsx'
import type { StepProps } from './StepFrame.tsx'

/** Whether guests can live here; what is missing is got here. */
export function CheckStep({ onboarding, moves }: StepProps) {
  const f = useFormat()
  const { doctor, engineSetup, connection } = useStores()
  const doctorState = useStore(doctor.store)
  const setup = useStore(engineSetup.store)
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  const node = useKnown('node')
  const checks = computerChecks({ share: useKnown('share'), node, findings: findingsOf(doctorState) }, f)
  const engineReady = node?.engine.state === 'ready'
  useFirstCheck()
  useEffect(() => {
    if (isOpen && !engineReady) void engineSetup.look()
  }, [isOpen, engineReady, engineSetup])
  return (
    <>
      <StepHead title={f.t('setup.check.title')} text={f.t('setup.check.text')} />
      <Card title={f.t('setup.check.found')} end={<TextButton onPress={() => void doctor.run()}>{f.t(doctorState.kind === 'checking' ? 'health.checking' : 'health.again')}</TextButton>}>
        <ul className="mt-1 divide-y divide-line">{checks.map((check) => <Row key={check.id} check={check} />)}</ul>
      </Card>
      {setup.problem !== null && <Problem error={setup.problem} onRetry={() => void engineSetup.look()} />}
      {setup.run !== null && (!engineReady || isUnderWay(setup.run)) && <EngineRun run={setup.run} />}
      {setup.found !== null && !isUnderWay(setup.run) && node !== null && !engineReady && <EnginePlan plan={setup.found.plan} />}
      <StepFoot step="check" onboarding={onboarding} moves={moves} />
    </>
  )
}

const looks: Record<ComputerCheck['status'], { icon: LucideIcon; ink: string }> = {
  pass: { icon: Check, ink: 'text-on' }, fixable: { icon: TriangleAlert, ink: 'text-sun-text' }, blocked: { icon: CircleAlert, ink: 'text-clay-text' }, waiting: { icon: LoaderCircle, ink: 'text-ink-3 spin' },
}

function Row({ check }: { check: ComputerCheck }) {
  const f = useFormat()
  const { icon, ink } = looks[check.status]
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <Icon of={icon} look="nav" className={ink} />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{check.title}<span className="sr-only">{`: ${f.t(`setup.check.${check.status}`)}`}</span></p>
        <p className="text-small text-ink-2">{check.detail}</p>
      </div>
      {check.id === 'internet' && check.status === 'fixable' && <ConnectButton look="plain" />}
    </li>
  )
}
