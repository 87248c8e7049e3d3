import { Copy, Download } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Deployment } from '../../../../contract/nouns/deployment.ts'
import { download } from '../../../base/download.ts'
import { IconButton } from '../../../components/Button.tsx'
import { Card } from '../../../components/Card.tsx'
import { useCopy } from '../../../components/CopyButton.tsx'
import { Field } from '../../../components/Field.tsx'
import { Problem } from '../../../components/Problem.tsx'
import { Segments } from '../../../components/Segments.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import type { LogQuery } from '../../../stores/logs.ts'
import { filterLog, logAsText } from './filter.ts'
import { LogView } from './LogView.tsx'
import { PartSelect } from './PartSelect.tsx'

/** The live log of an app: by copy and part, searched, followed or held. */
export function LogCard({ app }: { app: Deployment }) {
  const f = useFormat()
  const [part, setPart] = useState<Omit<LogQuery, 'name'>>({ service: null, replica: null })
  return (
    <Card title={f.t('log.title')} padded={false} className="flex flex-col overflow-hidden" end={<PartSelect app={app} part={part} onChange={setPart} />}>
      <Session key={`${app.name} ${part.service} ${part.replica}`} app={app} part={part} />
    </Card>
  )
}

function Session({ app, part }: { app: Deployment; part: Omit<LogQuery, 'name'> }) {
  const f = useFormat()
  const stores = useStores()
  const [log] = useState(() => stores.createLog({ name: app.name, ...part }))
  const state = useStore(log.store)
  const [search, setSearch] = useState('')
  const [source, setSource] = useState<'all' | 'errors'>('all')
  const shown = useMemo(() => filterLog(state.entries, { search, errorsOnly: source === 'errors' }), [state.entries, search, source])
  const copy = useCopy()
  useEffect(() => log.start(), [log])
  return (
    <>
      <div className="flex flex-wrap items-end gap-2.5 px-5 pt-3 pb-3">
        <div className="min-w-40 flex-1"><Field label={f.t('log.search')} placeholder={f.t('log.search')} labelHidden type="search" value={search} onChange={setSearch} /></div>
        <Segments label={f.t('log.source')} chosen={source} onChoose={setSource} segments={[{ id: 'all', label: f.t('log.all') }, { id: 'errors', label: f.t('log.errors') }]} />
        <IconButton icon={Copy} look="plain" label={f.t('log.copy')} onPress={() => copy(logAsText(shown))} />
        <IconButton icon={Download} look="plain" label={f.t('log.download')} onPress={() => download(`${app.name}.log`, logAsText(shown))} />
      </div>
      {state.phase.kind === 'failed' && <div className="px-5 pb-3"><Problem error={state.phase.error} /></div>}
      <LogView key={`${source} ${search}`} entries={shown} filtered={shown !== state.entries} phase={state.phase.kind} manyCopies={app.copies > 1} />
    </>
  )
}
