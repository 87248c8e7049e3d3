/** What the tests of this folder have in common: small projects, and readable outcomes. */
import type { AppService } from '../../../contract/wire/v1/app.ts'
import { readManifest } from './read.ts'
import type { ManifestResult } from './types.ts'

/** Reads a project; the first file is the compose file. */
export function read(files: Record<string, string>, env: Record<string, string> = {}): ManifestResult {
  const encoded = Object.entries(files).map(([path, text]) => [path, Buffer.from(text).toString('base64')] as const)
  return readManifest({ entry: Object.keys(files)[0] ?? '', files: Object.fromEntries(encoded), env })
}

export function readOne(compose: string, env: Record<string, string> = {}): ManifestResult {
  return read({ 'compose.yaml': compose }, env)
}

/** A file with one service `web`, given the lines below its name; the first of them is line 4. */
export function web(lines: string, rest = ''): string {
  return `services:\n  web:\n    image: nginx\n${lines.split('\n').map((line) => `    ${line}\n`).join('')}${rest}`
}

/** A service of a project that must be fine. */
export function service(result: ManifestResult, name = 'web'): AppService {
  const found = result.manifest?.app.services.find((one) => one.name === name)
  if (found === undefined) throw new Error(`No service ${name}: ${JSON.stringify(result.report.errors)}`)
  return found
}

/** The errors of a project that must have some. */
export function errorsOf(result: ManifestResult): string[] {
  if (result.report.ok || result.manifest !== null) throw new Error('The project has no errors.')
  return result.report.errors.map(({ file, line, key, message }) => `${file}:${line} ${key}: ${message}`)
}

/** All warnings but the one about limits, which nearly every small file has. */
export function warningsOf(result: ManifestResult): string[] {
  return result.report.warnings.filter(({ message }) => !message.startsWith('No limits')).map(({ line, key, message }) => `${line} ${key}: ${message}`)
}
