import { ArrowLeft, ArrowRight, RotateCw } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../../components/Button.tsx'
import { Callout } from '../../../components/Badge.tsx'
import { Card } from '../../../components/Card.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { Problem } from '../../../components/Problem.tsx'
import { EmptyState, LoadingLines } from '../../../components/Waiting.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { bundleOf, optionsOf } from '../../../stores/draft.ts'
import type { DraftState } from '../../../stores/draft.ts'
import { quotesOf } from '../../../stores/quotes.ts'
import type { Asking, QuoteState } from '../../../stores/quotes.ts'
import { ConnectButton } from '../../connect/ConnectButton.tsx'
import { HostTable } from './HostTable.tsx'
import { Summary } from './Summary.tsx'
import { useChosenQuotes } from './useChosenQuotes.ts'

/** Which computers would run it, and for how much. The service chooses; a person may pick other hosts. */
export function HostsStep({ onBack, onNext }: { onBack: () => void; onNext: () => void }) {
  const f = useFormat()
  const { draft, allQuotes, pickedQuotes } = useStores()
  const all = useStore(allQuotes.store)
  const { hosts: picked } = useStore(draft.store)
  const chosen = useChosenQuotes()

  useEffect(() => {
    const question = questionFor(draft.store.getState())
    if (!allQuotes.isAbout(...question)) allQuotes.ask(...question)
  }, [draft, allQuotes])

  function askAgain() {
    draft.chooseHosts(null)
    pickedQuotes.stop()
    allQuotes.ask(...questionFor(draft.store.getState()))
  }

  function pick(hosts: readonly string[] | null) {
    draft.chooseHosts(hosts)
    if (hosts === null || hosts.length === 0) pickedQuotes.stop()
    else pickedQuotes.ask(bundleOf(draft.store.getState()), optionsOf(draft.store.getState()))
  }

  const report = quotesOf(all)
  return (
    <div className="grid-aside">
      <Card title={f.t('hosts.title')} end={<Progress state={all} onAgain={askAgain} />}>
        {all.kind === 'failed' && <div className="mt-3"><Problem error={all.error} onRetry={askAgain} /></div>}
        {report === null && all.kind !== 'failed' && <LoadingLines lines={4} />}
        {report?.hosts.length === 0 && (
          all.kind === 'asking' ? <LoadingLines lines={3} /> : <EmptyState title={f.t('hosts.noneTitle')} action={<ConnectButton look="plain" />}>{f.t('hosts.none')}</EmptyState>
        )}
        {report !== null && report.hosts.length > 0 && <HostTable hosts={report.hosts} picked={picked} onPick={pick} />}
      </Card>
      <div className="flex flex-col gap-4">
        <Summary />
        {chosen.report?.problem != null && chosen.settled && <Callout tone="attention" icon={RotateCw}><Outside text={chosen.report.problem} maxLength={400} /></Callout>}
        <Button look="primary" size="large" wide isDisabled={!chosen.settled || chosen.report?.totalMonthMicro == null} onPress={onNext}>
          {f.t('new.toReview')}<Icon of={ArrowRight} flips />
        </Button>
        <Button look="ghost" wide onPress={onBack}><Icon of={ArrowLeft} flips />{f.t('common.back')}</Button>
      </div>
    </div>
  )
}

/** To all hosts; the name changes nothing about the price. */
function questionFor(state: DraftState): Parameters<Asking['ask']> {
  return [bundleOf(state), optionsOf({ ...state, name: '', hosts: null })]
}

function Progress({ state, onAgain }: { state: QuoteState; onAgain: () => void }) {
  const f = useFormat()
  const report = quotesOf(state)
  return (
    <>
      {report !== null && <span role="status" className="num text-small text-ink-2">{f.t('hosts.asked', { asked: report.asked, answered: report.answered })}</span>}
      <Button size="small" icon={RotateCw} busy={state.kind === 'asking'} onPress={onAgain}>{f.t('hosts.again')}</Button>
    </>
  )
}
