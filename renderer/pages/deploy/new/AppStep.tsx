import { ArrowRight } from 'lucide-react'
import { Suspense, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ManifestReport } from '../../../../contract/nouns/deployment.ts'
import { lazyPart } from '../../../base/loadPart.ts'
import { Button } from '../../../components/Button.tsx'
import { Card } from '../../../components/Card.tsx'
import { Field } from '../../../components/Field.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { Skeleton } from '../../../components/Waiting.tsx'
import { parseMoney } from '../../../format/money.ts'
import { tame } from '../../../format/text.ts'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { lastReport } from '../../../stores/draft.ts'
import type { EditorJump, EditorNote } from '../editor/ComposeEditor.tsx'
import { DropPlace } from './DropPlace.tsx'
import { FilesPanel } from './FilesPanel.tsx'
import { NotesPanel } from './NotesPanel.tsx'

const ComposeEditor = lazyPart(async () => (await import('../editor/ComposeEditor.tsx')).ComposeEditor)

const namePattern = /^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/

/** What to run: a compose file, what it names, and what it is called. Checked while it is written. */
export function AppStep({ onNext }: { onNext: () => void }) {
  const f = useFormat()
  const { draft } = useStores()
  const { text, textVersion, entry, validation } = useStore(draft.store)
  const [jump, setJump] = useState<EditorJump | null>(null)
  const report = lastReport(validation)
  const notes = useMemo(() => notesFor(report, entry), [report, entry])
  return (
    <div className="grid-aside">
      <div className="flex min-w-0 flex-col gap-4">
        <Settings />
        <Card title={f.t('new.compose')} end={<span className="text-caption text-ink-3"><bdi dir="ltr">{entry}</bdi></span>}>
          <p className="mt-1 mb-3 text-small text-ink-2">{f.t('new.composeHint')}</p>
          <DropPlace>
            <Suspense fallback={<Skeleton className="editor-box" />}>
              <ComposeEditor text={text} version={textVersion} label={f.t('new.compose')} hint={f.t('new.placeholder')} notes={notes} jump={jump} onText={draft.setText} />
            </Suspense>
          </DropPlace>
        </Card>
      </div>
      <div className="flex flex-col gap-4">
        <NotesPanel onJump={(line) => setJump({ line })} />
        <FilesPanel />
        <NextButton onNext={onNext} />
      </div>
    </div>
  )
}

function notesFor(report: ManifestReport | null, entry: string): EditorNote[] {
  if (report === null) return []
  const here = (file: string) => file === entry || file.endsWith(`/${entry}`)
  return [
    ...report.errors.filter(({ file }) => here(file)).map(({ line, message }) => ({ line, message: tame(message, 400), severity: 'error' as const })),
    ...report.warnings.filter(({ file }) => here(file)).map(({ line, message }) => ({ line, message: tame(message, 400), severity: 'warning' as const })),
  ]
}

function Settings() {
  const f = useFormat()
  const { draft } = useStores()
  const { name, maxPrice } = useStore(draft.store)
  return (
    <Card title={f.t('new.settings')}>
      <div className="grid-two mt-3">
        <Field label={f.t('new.name')} value={name} onChange={draft.setName} hint={f.t('new.nameHint')} error={nameProblem(name) ? f.t('new.nameError') : null} />
        <Field label={f.t('new.maxPrice')} value={maxPrice} onChange={draft.setMaxPrice} inputMode="decimal" hint={f.t('new.maxPriceHint')}
          error={priceProblem(maxPrice) ? f.t('new.maxPriceError') : null} />
      </div>
    </Card>
  )
}

function nameProblem(name: string): boolean {
  return name !== '' && !namePattern.test(name)
}

function priceProblem(price: string): boolean {
  return price.trim() !== '' && parseMoney(price) === null
}

function NextButton({ onNext }: { onNext: () => void }) {
  const f = useFormat()
  const { draft } = useStores()
  const { validation, name, maxPrice } = useStore(draft.store)
  const ready = validation.kind === 'checked' && validation.report.ok && validation.report.missingFiles.length === 0
  return (
    <Button look="primary" size="large" wide isDisabled={!ready || nameProblem(name) || priceProblem(maxPrice)} onPress={onNext}>
      {f.t('new.toHosts')}<Icon of={ArrowRight} flips />
    </Button>
  )
}
