import { FilePlus, FileText, FileWarning, FolderOpen, X } from 'lucide-react'
import { FileTrigger } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button, IconButton } from '../../../components/Button.tsx'
import { Card } from '../../../components/Card.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { lastReport } from '../../../stores/draft.ts'
import { decodedBytes } from '../../../stores/files.ts'
import { useAddFiles } from './useAddFiles.ts'

/** The files besides the compose file: those it asks for by name, and those that are here. */
export function FilesPanel() {
  const f = useFormat()
  const { draft } = useStores()
  const { files, validation } = useStore(draft.store)
  const addFiles = useAddFiles()
  const report = lastReport(validation)
  const lacking = (paths: readonly string[] = []) => paths.filter((path) => !Object.hasOwn(files, path))
  return (
    <Card title={f.t('files.title')}>
      <p className="mt-1 text-caption text-ink-2">{f.t('files.hint')}</p>
      <ul className="mt-1 divide-y divide-line">
        {lacking(report?.missingFiles).map((path) => <Lacking key={path} path={path} needed />)}
        {lacking(report?.optionalFiles).map((path) => <Lacking key={path} path={path} needed={false} />)}
        {Object.entries(files).map(([path, content]) => (
          <li key={path} className="flex items-center gap-2 py-1.5 text-small">
            <Icon of={FileText} className="text-ink-3" />
            <Outside code text={path} className="min-w-0 flex-1 truncate" />
            <span className="num text-caption text-ink-3">{f.bytes(decodedBytes(content))}</span>
            <IconButton icon={X} size="small" label={f.t('files.remove', { file: f.name(path, 60) })} onPress={() => draft.removeFile(path)} />
          </li>
        ))}
      </ul>
      <div className="mt-3">
        <FileTrigger allowsMultiple onSelect={(chosen) => void addFiles([...chosen ?? []])}>
          <Button size="small" icon={FilePlus}>{f.t('files.add')}</Button>
        </FileTrigger>
      </div>
    </Card>
  )
}

/** Something the compose file names: a file, or a folder, which only its writer knows. */
function Lacking({ path, needed }: { path: string; needed: boolean }) {
  const f = useFormat()
  const addFiles = useAddFiles()
  return (
    <li className="flex flex-wrap items-center gap-2 py-2 text-small">
      <Icon of={needed ? FileWarning : FileText} className={needed ? 'text-sun-text' : 'text-ink-3'} />
      <Outside code text={path} className="min-w-0 flex-1 truncate" />
      {!needed && <span className="text-caption text-ink-3">{f.t('files.optional')}</span>}
      <FileTrigger onSelect={(chosen) => void addFiles([...chosen ?? []], { path, what: 'file' })}>
        <Button size="small">{f.t('files.choose')}</Button>
      </FileTrigger>
      <FileTrigger acceptDirectory onSelect={(chosen) => void addFiles([...chosen ?? []], { path, what: 'folder' })}>
        <IconButton icon={FolderOpen} size="small" look="plain" label={f.t('files.chooseFolder')} />
      </FileTrigger>
    </li>
  )
}
