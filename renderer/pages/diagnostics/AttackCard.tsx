import { ShieldCheck, Swords, TriangleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { AttackFinding } from '../../../contract/nouns/node.ts'
import { Badge, Callout } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'

/** Attacks this computer from inside a guest of its own, and shows what was tried. */
export function AttackCard() {
  const f = useFormat()
  const { attack } = useStores()
  const state = useStore(attack.store)
  const ready = useKnown('node')?.engine.state === 'ready'
  return (
    <Card title={f.t('attack.title')} end={<Button size="small" icon={Swords} isDisabled={!ready} busy={state.kind === 'trying'} onPress={() => void attack.run()}>{f.t('attack.run')}</Button>}>
      <p className="mt-1 text-small text-ink-2">{f.t(ready ? 'attack.text' : 'attack.noEngine')}</p>
      {state.kind === 'trying' && <p className="mt-3 text-small text-ink-2" role="status">{f.t('attack.trying')}</p>}
      {state.kind === 'failed' && <div className="mt-3"><Problem error={state.error} onRetry={() => void attack.run()} /></div>}
      {state.kind === 'tried' && <Outcome findings={state.findings} />}
    </Card>
  )
}

function Outcome({ findings }: { findings: readonly AttackFinding[] }) {
  const f = useFormat()
  const wrong = findings.filter(({ outcome, expected }) => outcome !== expected)
  return (
    <div className="mt-3 flex flex-col gap-3">
      {wrong.length === 0
        ? <Callout tone="good" icon={ShieldCheck}>{f.t('attack.held', { tried: findings.length })}</Callout>
        : <Callout tone="problem" icon={TriangleAlert}>{f.t('attack.broken', { wrong: wrong.length })}</Callout>}
      <table role="table" className="table-cards">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{f.t('attack.what')}</th>
            <th role="columnheader" scope="col">{f.t('attack.tier')}</th>
            <th role="columnheader" scope="col">{f.t('attack.outcome')}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {findings.map((finding) => (
            <tr role="row" key={`${finding.tier} ${finding.what}`}>
              <td role="cell"><Outside text={finding.what} maxLength={120} /></td>
              <td role="cell" data-label={f.t('attack.tier')} className="text-ink-2">{f.t(`egress.${finding.tier}`)}</td>
              <td role="cell" data-label={f.t('attack.outcome')}><Badge tone={finding.outcome === finding.expected ? 'good' : 'problem'} dot>{f.t(`attack.${finding.outcome}`)}</Badge></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
