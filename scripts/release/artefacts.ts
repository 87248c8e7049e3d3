/** What a file in a folder of packages is, by its name. */
import { type PackageKind, Platform } from '../../release/index.ts'

export interface Artefact {
  file: string
  platform: string
  package: PackageKind
}

const kinds: readonly { ends: string, package: PackageKind, system: string | null }[] = [
  { ends: '.tar.gz', package: 'tarball', system: null },
  { ends: '.AppImage', package: 'appimage', system: 'linux' },
  { ends: '.deb', package: 'deb', system: 'linux' },
  { ends: '.rpm', package: 'rpm', system: 'linux' },
  { ends: '.exe', package: 'nsis', system: 'win32' },
  { ends: '.zip', package: 'mac', system: 'darwin' },
]
const archs: Readonly<Record<string, string>> = { x64: 'x64', amd64: 'x64', x86_64: 'x64', arm64: 'arm64', aarch64: 'arm64' }
const systems = ['linux', 'darwin', 'win32']

/** Null: no package, such as a block map or a picture. Throws for a package whose name does not say for which computers it is. */
export function artefactOf(file: string): Artefact | null {
  const kind = kinds.find(({ ends }) => file.endsWith(ends))
  if (kind === undefined) return null
  const words = file.slice(0, -kind.ends.length).split(/[-_.](?!64)/)
  const arch = words.map((word) => archs[word]).find((each) => each !== undefined)
  const system = kind.system ?? words.find((word) => systems.includes(word))
  if (arch === undefined || system === undefined) throw new Error(`${file}: its name must say for which ${arch === undefined ? 'processor' : 'system'} it is, such as linux-x64.`)
  return { file, platform: Platform.parse(`${system}-${arch}`), package: kind.package }
}

/** A line of a `latest*.yml`. */
export interface FeedEntry {
  version: string
  url: string
  sha512: string
  bytes: number | null
}

/** What electron-builder wrote of a package in its own feed has to be what is signed; null: it is, or it says nothing. */
export function contradiction(entries: readonly FeedEntry[], signed: { file: string, version: string, sha512Base64: string, bytes: number }): string | null {
  const entry = entries.find(({ url }) => url === signed.file)
  if (entry === undefined) return null
  if (entry.version !== signed.version) return `the feed says version ${entry.version}, and ${signed.version} is signed`
  if (entry.sha512 !== signed.sha512Base64) return 'the feed has another SHA-512'
  if (entry.bytes !== null && entry.bytes !== signed.bytes) return `the feed says ${entry.bytes} bytes, and it has ${signed.bytes}`
  return null
}
