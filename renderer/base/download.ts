import { tame } from '../format/text.ts'

/** Hands text to the person as a file. */
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = tame(name, 80)
  link.click()
  URL.revokeObjectURL(url)
}
