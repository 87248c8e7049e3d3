/** Files that a person gives to the page, on their way into a bundle. */

export const composeNames = /^(docker-)?compose[\w.-]*\.ya?ml$/i

/** What one file of a bundle may hold, bytes: base64 makes 1.5 million characters of it. */
export const maxFileBytes = 1_000_000

export function encodeBytes(bytes: Uint8Array): string {
  const chunks: string[] = []
  for (let start = 0; start < bytes.length; start += 0x8000) {
    chunks.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)))
  }
  return btoa(chunks.join(''))
}

export function encodeText(text: string): string {
  return encodeBytes(new TextEncoder().encode(text))
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Size of what a base64 text stands for, bytes. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return base64.length / 4 * 3 - padding
}

export interface ReadFile {
  path: string
  bytes: Uint8Array
}

/** Reads what was chosen or dropped; files over the limit are named instead. */
export async function readFiles(files: Iterable<File>): Promise<{ read: ReadFile[]; tooLarge: string[] }> {
  const read: ReadFile[] = []
  const tooLarge: string[] = []
  for (const file of files) {
    if (file.size > maxFileBytes) tooLarge.push(file.name)
    else read.push({ path: file.webkitRelativePath || file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
  }
  return { read, tooLarge }
}
