import type { Deployment } from '../../../contract/nouns/deployment.ts'
import { Card } from '../../components/Card.tsx'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { Progress } from '../../components/RoomBar.tsx'
import { percentOf } from '../../format/money.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown } from '../../stores/context.tsx'

export function CostCard({ app }: { app: Deployment }) {
  const f = useFormat()
  const unit = useKnown('earnings')?.unit ?? 'USD'
  const { budgetMicro } = app
  return (
    <Card title={f.t('cost.title')}>
      <p className="num mt-1.5 text-money font-semibold tracking-tight"><bdi>{f.amount(app.spentMicro, unit)}</bdi></p>
      <p className="text-caption text-ink-2">{f.t('cost.soFar')}</p>
      {budgetMicro !== null && (
        <div className="mt-3 mb-2">
          <Progress percent={percentOf(app.spentMicro, budgetMicro)} label={f.t('cost.budget')}
            spoken={f.t('cost.ofBudget', { spent: f.amount(app.spentMicro, unit), budget: f.price(budgetMicro, unit) })} />
          <p className="num mt-1.5 text-caption text-ink-2">{f.t('cost.left', { left: f.amount(budgetMicro > app.spentMicro ? budgetMicro - app.spentMicro : 0n, unit), budget: f.price(budgetMicro, unit) })}</p>
        </div>
      )}
      <div className="mt-2 border-t border-line pt-1">
        <KeyValues>
          <KeyValue name={f.t('cost.rate')}>{f.t('money.perMonth', { price: f.price(app.rateMonthMicro, unit) })}</KeyValue>
          {app.maxPriceMonthMicro !== null && <KeyValue name={f.t('cost.limit')}>{f.t('money.perMonth', { price: f.price(app.maxPriceMonthMicro, unit) })}</KeyValue>}
          <KeyValue name={f.t('cost.each')}>{f.t('unit.resources', { cores: f.cores(app.resources.cpuMilli), memory: f.size(app.resources.memoryMiB), disk: f.size(app.resources.diskMiB) })}</KeyValue>
        </KeyValues>
      </div>
      <p className="mt-1 text-caption text-ink-3">{f.t('cost.trust')}</p>
    </Card>
  )
}
