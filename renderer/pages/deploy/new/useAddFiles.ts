import { useFormat } from '../../../i18n/Language.tsx'
import { useStores } from '../../../stores/context.tsx'
import { maxFileBytes, readFiles } from '../../../stores/files.ts'

/** Reads chosen or dropped files into the draft, under the path that was asked for or their own name. */
export function useAddFiles(): (files: readonly File[], named?: { path: string; what: 'file' | 'folder' }) => Promise<void> {
  const f = useFormat()
  const { draft, notices } = useStores()
  return async (files, named) => {
    const { read, tooLarge } = await readFiles(files)
    if (read.length > 0) {
      if (named === undefined) draft.addFiles(read)
      else draft.addNamed(named.path, read, named.what)
    }
    for (const name of tooLarge) {
      notices.show({ topic: null, tone: 'problem', text: f.t('files.tooLarge', { file: f.name(name), limit: f.bytes(maxFileBytes) }), action: null })
    }
  }
}
