import type { ReactNode } from 'react'
import { DropZone } from 'react-aria-components'
import type { FileDropItem } from 'react-aria-components'
import { useFormat } from '../../../i18n/Language.tsx'
import { useAddFiles } from './useAddFiles.ts'

/** Takes dropped files. There is a button for the same beside it. */
export function DropPlace({ children }: { children: ReactNode }) {
  const f = useFormat()
  const addFiles = useAddFiles()
  return (
    <DropZone aria-label={f.t('files.drop')} className="rounded-md drop-target:outline-2 drop-target:outline-on"
      onDrop={({ items }) => {
        const dropped = items.filter((item): item is FileDropItem => item.kind === 'file')
        void Promise.all(dropped.map((item) => item.getFile())).then(addFiles)
      }}>
      {children}
    </DropZone>
  )
}
