import { CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useStore } from 'zustand'
import type { ManifestNote, ManifestReport } from '../../../../contract/nouns/deployment.ts'
import { Card } from '../../../components/Card.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { KeyValue, KeyValues } from '../../../components/KeyValue.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { Problem } from '../../../components/Problem.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { lastReport } from '../../../stores/draft.ts'

/** What the service says about the file: what would run, what is wrong and where, what it will leave out. */
export function NotesPanel({ onJump }: { onJump: (line: number) => void }) {
  const f = useFormat()
  const { draft } = useStores()
  const { validation, entry } = useStore(draft.store)
  const report = lastReport(validation)
  return (
    <Card title={f.t('check.title')} end={validation.kind === 'checking' ? <span className="inline-flex items-center gap-1.5 text-caption text-ink-3"><Icon of={LoaderCircle} look="badge" className="spin" />{f.t('check.checking')}</span> : undefined}>
      <div role="status" className="mt-2 text-small">
        {validation.kind === 'none' && <p className="text-ink-2">{f.t('check.none')}</p>}
        {report !== null && <Verdict report={report} />}
      </div>
      {validation.kind === 'failed' && <div className="mt-2"><Problem error={validation.error} onRetry={draft.validateNow} /></div>}
      {report !== null && <Notes report={report} entry={entry} onJump={onJump} />}
      {report?.ok === true && <Needs report={report} />}
    </Card>
  )
}

function Verdict({ report }: { report: ManifestReport }) {
  const f = useFormat()
  if (report.errors.length > 0) return <Line icon={CircleAlert} ink="text-clay-text">{f.t('check.errors', { count: report.errors.length })}</Line>
  if (report.missingFiles.length > 0) return <Line icon={TriangleAlert} ink="text-sun-text">{f.t('check.missing', { count: report.missingFiles.length })}</Line>
  if (report.warnings.length > 0) return <Line icon={CircleCheck} ink="text-on">{f.t('check.warnings', { count: report.warnings.length })}</Line>
  return <Line icon={CircleCheck} ink="text-on">{f.t('check.good')}</Line>
}

function Line({ icon, ink, children }: { icon: LucideIcon; ink: string; children: string }) {
  return <p className="flex items-start gap-2 font-medium"><Icon of={icon} className={`mt-0.5 ${ink}`} />{children}</p>
}

function Notes({ report, entry, onJump }: { report: ManifestReport; entry: string; onJump: (line: number) => void }) {
  const notes = [
    ...report.errors.map((note) => ({ note, error: true })),
    ...report.warnings.map((note) => ({ note, error: false })),
  ]
  if (notes.length === 0) return null
  return (
    <ul className="mt-2 flex max-h-80 flex-col divide-y divide-line overflow-y-auto">
      {notes.map(({ note, error }, index) => <Note key={`${index} ${note.line} ${note.key}`} note={note} error={error} inEditor={note.file === entry} onJump={onJump} />)}
    </ul>
  )
}

function Note({ note, error, inEditor, onJump }: { note: ManifestNote; error: boolean; inEditor: boolean; onJump: (line: number) => void }) {
  const f = useFormat()
  const where = inEditor ? f.t('check.line', { line: note.line }) : f.t('check.lineIn', { line: note.line, file: f.name(note.file, 60) })
  return (
    <li className="flex gap-2 py-2 text-small">
      <Icon of={error ? CircleAlert : TriangleAlert} className={error ? 'mt-0.5 text-clay-text' : 'mt-0.5 text-sun-text'} />
      <div className="min-w-0">
        <p className="text-caption">
          <span className="sr-only">{f.t(error ? 'check.error' : 'check.warning')}</span>
          {inEditor
            ? <Button onPress={() => onJump(note.line)} className="min-h-6 rounded-sm font-medium text-primary-text hovered:underline">{where}</Button>
            : <span className="font-medium text-ink-2">{where}</span>}
          {note.key !== '' && <>{' '}<Outside code text={note.key} maxLength={60} className="text-ink-3" /></>}
        </p>
        <p><Outside text={note.message} maxLength={400} /></p>
      </div>
    </li>
  )
}

function Needs({ report }: { report: ManifestReport }) {
  const f = useFormat()
  const { cpuMilli, memoryMiB, diskMiB } = report.resources
  return (
    <div className="mt-2 border-t border-line pt-1">
      <KeyValues>
        <KeyValue name={f.t('check.services')}>{f.list(report.services.map((service) => f.name(service.name, 40)))}</KeyValue>
        <KeyValue name={f.t('check.copies')}>{f.number(report.copies)}</KeyValue>
        <KeyValue name={f.t('cost.each')}>{f.t('unit.resources', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })}</KeyValue>
      </KeyValues>
    </div>
  )
}
