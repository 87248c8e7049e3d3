import { ArrowLeft, Rocket, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { ErrorReport } from '../../../../contract/errors.ts'
import { Button } from '../../../components/Button.tsx'
import { Callout } from '../../../components/Badge.tsx'
import { Card } from '../../../components/Card.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { Problem } from '../../../components/Problem.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { bundleOf, lastReport, optionsOf } from '../../../stores/draft.ts'
import { shortImage } from '../words.ts'
import { Summary } from './Summary.tsx'
import { useChosenQuotes } from './useChosenQuotes.ts'

/** The last look before money is spent: what runs, what is left out, what happens if a host leaves. */
export function ReviewStep({ onBack, onDone }: { onBack: () => void; onDone: (name: string) => void }) {
  const f = useFormat()
  const { draft, allQuotes, pickedQuotes, orders } = useStores()
  const { validation } = useStore(draft.store)
  const busy = useStore(orders.store, (keys) => keys.has('create'))
  const [problem, setProblem] = useState<ErrorReport | null>(null)
  const { report } = useChosenQuotes()
  const manifest = lastReport(validation)

  async function run() {
    const state = draft.store.getState()
    setProblem(null)
    const made = await orders.give('create', (client) => client.deployments.create({ bundle: bundleOf(state), options: optionsOf(state) }))
    // It stays to be read, beside the button: what was wanted did not happen.
    if (!made.ok) {
      setProblem(made.error)
      return
    }
    draft.clear()
    allQuotes.stop()
    pickedQuotes.stop()
    onDone(made.value.name)
  }

  return (
    <div className="grid-aside">
      <div className="flex flex-col gap-4">
        <Card title={f.t('review.runs')}>
          <ul className="mt-1 divide-y divide-line text-small">
            {manifest?.services.map((service) => (
              <li key={service.name} className="flex flex-wrap items-baseline gap-x-3 py-2.5">
                <b className="font-semibold"><Outside text={service.name} maxLength={63} /></b>
                <Outside code text={shortImage(service.image)} maxLength={90} className="text-ink-2" />
                {service.ports.length > 0 && <span className="num ms-auto text-caption text-ink-3">{f.t('review.ports', { count: service.ports.length, ports: f.list(service.ports.map(String)) })}</span>}
              </li>
            ))}
          </ul>
        </Card>
        {manifest !== null && manifest.warnings.length > 0 && (
          <Callout tone="attention" icon={TriangleAlert}>{f.t('review.warnings', { count: manifest.warnings.length })}</Callout>
        )}
        <Card title={f.t('review.know')}>
          <ul className="mt-2 flex list-disc flex-col gap-1.5 ps-5 text-small text-ink-2">
            <li>{f.t('review.leaves')}</li>
            <li>{f.t('review.sees')}</li>
            <li>{f.t('review.stop')}</li>
          </ul>
        </Card>
      </div>
      <div className="flex flex-col gap-4">
        <Summary />
        {problem !== null && <Problem error={problem} />}
        <Button look="primary" size="large" wide icon={Rocket} busy={busy} isDisabled={report?.totalMonthMicro == null} onPress={() => void run()}>{f.t('review.run')}</Button>
        <Button look="ghost" wide isDisabled={busy} onPress={onBack}><Icon of={ArrowLeft} flips />{f.t('common.back')}</Button>
      </div>
    </div>
  )
}
