import { useStore } from 'zustand'
import { Card } from '../../../components/Card.tsx'
import { Dot } from '../../../components/Badge.tsx'
import { KeyValue, KeyValues } from '../../../components/KeyValue.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { useChosenQuotes } from './useChosenQuotes.ts'

/** What it comes to: each copy, how many, where, and the total a month. */
export function Summary() {
  const f = useFormat()
  const { draft } = useStores()
  const name = useStore(draft.store, (state) => state.name)
  const { report } = useChosenQuotes()
  const chosen = report?.hosts.filter((host) => host.chosen) ?? []
  return (
    <Card title={name === '' ? f.t('summary.title') : <Outside text={name} maxLength={63} />}>
      <div className="mt-1">
        <KeyValues>
          {report !== null && (
            <>
              <KeyValue name={f.t('cost.each')}>{f.t('unit.resources', { cores: f.cores(report.resources.cpuMilli), memory: f.size(report.resources.memoryMiB), disk: f.size(report.resources.diskMiB) })}</KeyValue>
              <KeyValue name={f.t('check.copies')}>{f.number(report.copies)}</KeyValue>
              <KeyValue name={f.t('summary.atMost')}>{report.maxPriceMonthMicro === null ? f.t('summary.noLimit') : f.t('money.perMonth', { price: f.price(report.maxPriceMonthMicro) })}</KeyValue>
            </>
          )}
        </KeyValues>
      </div>
      {chosen.length > 0 && (
        <div className="mt-3">
          <p className="text-caption text-ink-3">{f.t('summary.hosts')}</p>
          <ul>
            {chosen.map((host) => (
              <li key={host.provider} className="flex items-center gap-2.5 py-1.5 text-small">
                <Dot tone="good" /><span className="min-w-0 flex-1 truncate"><Outside text={host.label} maxLength={40} /></span>
                {host.priceMonthMicro !== null && <span className="num font-medium">{f.price(host.priceMonthMicro)}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="mt-2 border-t border-line pt-3">
        <p className="text-small text-ink-2">{f.t('summary.total')}</p>
        <p className="num text-money font-semibold tracking-tight"><bdi>{report?.totalMonthMicro == null ? '–' : f.price(report.totalMonthMicro)}</bdi></p>
        <p className="mt-1 text-caption text-ink-3">{f.t('summary.note')}</p>
      </div>
    </Card>
  )
}
