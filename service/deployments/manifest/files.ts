import type { ManifestBundle } from '../../../contract/nouns/deployment.ts'

/** Where a path written in a file leads. */
export type Resolved =
  /** Inside the project folder; `path` is relative to it, '' is the folder itself. */
  | { kind: 'inside', path: string }
  /** Anywhere else on the computer. */
  | { kind: 'outside' }
  /** Not on this computer: `https://…`, `oci://…`. */
  | { kind: 'remote' }

/**
 * The files of the project, as far as the client sent them. Nothing else is ever read; what is named and not here is
 * remembered, so that the client can send it.
 */
export class ProjectFiles {
  readonly #content = new Map<string, string>()
  /** What was read, decoded once: a file may be named a thousand times. */
  readonly #decoded = new Map<string, Uint8Array>()
  readonly #missing = new Set<string>()
  readonly #optional = new Set<string>()
  readonly #leftBehind = new Map<string, string>()

  constructor(bundle: ManifestBundle) {
    for (const [name, content] of Object.entries(bundle.files)) {
      const resolved = resolvePath('', name)
      if (resolved.kind === 'inside') this.#content.set(resolved.path, content)
    }
    for (const [name, why] of Object.entries(bundle.leftBehind ?? {})) this.#leftBehind.set(name, why)
  }

  /** Undefined when the client did not send it. */
  read(path: string): Uint8Array | undefined {
    const known = this.#decoded.get(path)
    const content = this.#content.get(path)
    if (known !== undefined || content === undefined) return known
    const bytes = Uint8Array.from(Buffer.from(content, 'base64'))
    this.#decoded.set(path, bytes)
    return bytes
  }

  has(path: string): boolean {
    return this.#content.has(path)
  }

  /** The files in a folder and its folders, sorted. */
  under(folder: string): string[] {
    return [...this.#content.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`)).sort()
  }

  /** A sentence why the client did not send this file or folder, though it is there; undefined when it may not be there. */
  whyNotSent(path: string): string | undefined {
    return this.#leftBehind.get(path)
  }

  /** The project cannot run without this file or folder. */
  need(path: string): void {
    this.#missing.add(path)
  }

  /** This file or folder would be used, and may be absent. */
  wish(path: string): void {
    this.#optional.add(path)
  }

  get missing(): string[] {
    return [...this.#missing].sort()
  }

  get optional(): string[] {
    return [...this.#optional].filter((path) => !this.#missing.has(path)).sort()
  }
}

const isOutside = /^([/~]|[a-z]:)/i

/** Follows `written` from the folder `dir` of the project. Windows' backslashes count as slashes. */
export function resolvePath(dir: string, written: string): Resolved {
  const path = written.replaceAll('\\', '/')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path) || /^(git@|github\.com\/)/.test(path)) return { kind: 'remote' }
  if (isOutside.test(path) || path.includes('\0')) return { kind: 'outside' }
  const steps = dir === '' ? [] : dir.split('/')
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue
    if (step !== '..') steps.push(step)
    else if (steps.pop() === undefined) return { kind: 'outside' }
  }
  const inside = steps.join('/')
  // `./C:x` is harmless here, and a drive to a client on Windows.
  return isOutside.test(inside) ? { kind: 'outside' } : { kind: 'inside', path: inside }
}

/** The folder a file is in. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

/** Text in UTF-8; undefined for anything else. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
