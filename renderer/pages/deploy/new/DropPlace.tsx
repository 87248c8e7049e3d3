import { useState } from 'react'
import type { DragEvent, ReactNode } from 'react'
import { useAddFiles } from './useAddFiles.ts'

/**
 * Takes dropped files, before the editor inside can write them into its text. For eyes and pointers alone: the button
 * that adds files does the same.
 */
export function DropPlace({ children }: { children: ReactNode }) {
  const addFiles = useAddFiles()
  const [over, setOver] = useState(false)

  function onDragOver(event: DragEvent) {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }

  function onDrop(event: DragEvent) {
    setOver(false)
    const files = [...event.dataTransfer.files]
    if (files.length === 0) return
    event.preventDefault()
    event.stopPropagation()
    void addFiles(files)
  }

  return (
    <div onDragOverCapture={onDragOver} onDragLeave={() => setOver(false)} onDropCapture={onDrop}
      className={over ? 'rounded-md outline-2 outline-offset-2 outline-on' : 'rounded-md'}>
      {children}
    </div>
  )
}
