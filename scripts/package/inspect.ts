import { createHash } from 'node:crypto'
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import { type FuseConfig, FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'

/** What a package may hold, and nothing else: from where the archive begins. */
const allowed: readonly RegExp[] = [
  /^package\.json$/,
  /^dist\/release\.json$/,
  /^dist\/main\/[\w-]+\.mjs$/,
  /^dist\/preload\/preload\.cjs$/,
  /^dist\/service\/(entry|watchdog)\.mjs$/,
  /^dist\/(service\/entry|main\/main)\.mjs\.LEGAL\.txt$/,
  /^dist\/icons\/(app\.png|tray\/[\w@-]+\.(png|ico))$/,
  /^dist\/renderer\/index\.html$/,
  /^dist\/renderer\/assets\/(?!gallery)[\w.-]+\.(js|css|svg|woff2|png)$/,
]

/** Without these there is no app. */
const needed = ['package.json', 'dist/main/main.mjs', 'dist/main/service.mjs', 'dist/preload/preload.cjs', 'dist/service/entry.mjs', 'dist/service/watchdog.mjs', 'dist/renderer/index.html', 'dist/release.json', 'dist/icons/app.png']

/** As docs/THREAT_MODEL.md promises them. */
const fuses: readonly [FuseV1Options, boolean][] = [
  [FuseV1Options.RunAsNode, false],
  [FuseV1Options.EnableCookieEncryption, true],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
  [FuseV1Options.EnableNodeCliInspectArguments, false],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
  [FuseV1Options.OnlyLoadAppFromAsar, true],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
]

/** What is wrong with these contents of an archive, in sentences; empty: nothing. */
export function contentProblems(files: readonly string[]): string[] {
  return [
    ...files.filter((file) => !allowed.some((pattern) => pattern.test(file))).map((file) => `${file} does not belong in it`),
    ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is not in it`),
  ]
}

/** What is wrong with fuses; a fuse that this knows nothing of is not judged. */
export function fuseProblems(wire: FuseConfig<FuseState>): string[] {
  return fuses.filter(([fuse, on]) => wire[fuse] !== (on ? FuseState.ENABLE : FuseState.DISABLE))
    .map(([fuse, on]) => `the fuse ${FuseV1Options[fuse]} is not ${on ? 'on' : 'off'}`)
}

/**
 * macOS refuses an archive whose head has another hash than the app's own papers say; Windows the same by a resource, which is
 * written by the same step. (Electron's documentation, “ASAR integrity”.)
 */
export function integrityProblems(archive: string, infoPlist: string): string[] {
  const hash = createHash('sha256').update(getRawHeader(archive).headerString).digest('hex')
  return infoPlist.includes(hash) ? [] : ['its Info.plist does not have the hash of its archive']
}

export interface Inspection {
  /** In the archive. */
  files: number
  fuses: string
  problems: string[]
}

/** @param executable whose fuses. @param archive the app itself. */
export async function inspectApp(executable: string, archive: string): Promise<Inspection> {
  const files = listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/').replace(/^\//, ''))
    .filter((path) => !isFolder(path, archive))
  const wire = await getCurrentFuseWire(executable)
  return { files: files.length, fuses: fuseLetters(wire), problems: [...contentProblems(files), ...fuseProblems(wire), ...packageProblems(archive)] }
}

/** What npm reads of it, development's own is left out. */
function packageProblems(archive: string): string[] {
  const { main, scripts, devDependencies } = JSON.parse(extractFile(archive, 'package.json').toString()) as Record<string, unknown>
  return [
    ...main === 'dist/main/main.mjs' ? [] : ['package.json does not name dist/main/main.mjs as its beginning'],
    ...scripts === undefined && devDependencies === undefined ? [] : ['package.json still has what only development needs'],
  ]
}

function isFolder(path: string, archive: string): boolean {
  const isChild = (other: string): boolean => other.replaceAll('\\', '/').startsWith(`/${path}/`)
  return listed(archive).some(isChild)
}

const lists = new Map<string, readonly string[]>()
function listed(archive: string): readonly string[] {
  const known = lists.get(archive) ?? listPackage(archive, { isPack: false })
  lists.set(archive, known)
  return known
}

/** `run-as-node off …` would be long: `+` on, `-` off, in the order of @electron/fuses. */
function fuseLetters(wire: FuseConfig<FuseState>): string {
  return fuses.map(([fuse]) => wire[fuse] === FuseState.ENABLE ? '+' : '-').join('')
}
