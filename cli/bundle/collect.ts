/** A compose file and what it names, from disk to what the service takes. */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { ManifestBundle, ManifestReport } from '../../contract/nouns/deployment.ts'
import { formatSize } from '../../contract/units.ts'
import { usageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { ProjectFolder, readBounded, type ProjectFile, type ReadBounds } from './project-folder.ts'
import { environmentFor } from './references.ts'

/** What compose looks for in a folder, in this order. */
const usualNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const

/** What compose adds to a file that it has found in a folder by itself: sent, so that the service says what it does with it. */
const overrideNames = ['compose.override.yaml', 'compose.override.yml', 'docker-compose.override.yaml', 'docker-compose.override.yml'] as const

/** The contract's bound on a file is on its base64, the transport's on the whole message. */
const needed: ReadBounds = { maxFileBytes: 1_048_576, maxFiles: 512 }
/** What need not be sent is sent while it is little: settings, not data. */
const optional: ReadBounds = { maxFileBytes: 524_288, maxFiles: 64 }
const most = { bytes: 4 * 1_048_576, files: 512 } as const
/** Names, there or not, after which it ends. */
const maxAsked = 2000

export interface Collected {
  bundle: ManifestBundle
  /** The service's last word on it. */
  report: ManifestReport
}

type Validate = (bundle: ManifestBundle) => Promise<ManifestReport>

/**
 * Sends the compose file and `.env`, then whatever the service says is missing and is there, until it misses nothing new.
 * What is there and cannot be sent stays behind, with the reason: the report says it at the line that names it.
 *
 * @param source a file, a folder with a compose file in it, or `-` for standard input (its files are then sought here).
 */
export async function collectBundle(source: string, validate: Validate, io: Pick<Io, 'cwd' | 'env' | 'readInput'>): Promise<Collected> {
  const { entry, folder } = await readEntry(source, io)
  const project = await ProjectFolder.at(folder)
  const collection = new Collection(project, entry)
  await collection.addVariables()
  if (source !== '-') await collection.addOverrides()
  for (;;) {
    const bundle = collection.bundle(io.env)
    const report = await validate(bundle)
    const found = await collection.add(report.missingFiles, needed) + await collection.add(report.optionalFiles ?? [], optional)
    if (found === 0) return { bundle, report }
  }
}

class Collection {
  readonly #project: ProjectFolder
  readonly #entry: string
  readonly #files: Map<string, Buffer>
  readonly #leftBehind = new Map<string, string>()
  readonly #asked: Set<string>

  constructor(project: ProjectFolder, entry: ProjectFile) {
    this.#project = project
    this.#entry = entry.name
    this.#files = new Map([[entry.name, entry.content]])
    this.#asked = new Set([entry.name, '.env'])
  }

  /** No file of the project names its `.env`, so what is wrong with it has no line and ends it here. */
  async addVariables(): Promise<void> {
    // a folder of this name is somebody's virtual environment
    if (await this.#project.isFile('.env')) this.#take(await this.#project.read('.env', needed))
  }

  async addOverrides(): Promise<void> {
    const there = await Promise.all(overrideNames.map(async (name) => await this.#project.isFile(name) ? [name] : []))
    await this.add(there.flat(), optional)
  }

  /** How many of these were not asked for before. */
  async add(names: readonly string[], bounds: ReadBounds): Promise<number> {
    const fresh = names.filter((name) => !this.#asked.has(name)).slice(0, Math.max(0, maxAsked - this.#asked.size))
    for (const name of fresh) {
      this.#asked.add(name)
      try {
        this.#take(this.#mustFit(name, await this.#project.read(name, bounds)))
      } catch (error) {
        if (!(error instanceof DepinError)) throw error
        this.#leftBehind.set(name, error.message)
      }
    }
    return fresh.length
  }

  bundle(env: Io['env']): ManifestBundle {
    const texts = [...this.#files.values()].map((content) => content.toString('utf8'))
    return {
      entry: this.#entry,
      files: Object.fromEntries([...this.#files].map(([name, content]) => [name, content.toString('base64')])),
      env: environmentFor(texts, env),
      ...this.#leftBehind.size > 0 && { leftBehind: Object.fromEntries(this.#leftBehind) },
    }
  }

  #take(files: readonly ProjectFile[]): void {
    for (const { name, content } of files) this.#files.set(name, content)
  }

  #mustFit(name: string, files: readonly ProjectFile[]): readonly ProjectFile[] {
    const all = new Map([...this.#files, ...files.map((file) => [file.name, file.content] as const)])
    const totalBytes = [...all.values()].reduce((sum, content) => sum + content.byteLength, 0)
    if (all.size <= most.files && totalBytes <= most.bytes) return files
    throw new DepinError('E_TOO_LARGE', `With ${name}, the files of this app are ${all.size} and ${formatSize(totalBytes)}; ${most.files} and ${formatSize(most.bytes)} can be sent.`)
  }
}

async function readEntry(source: string, io: Pick<Io, 'cwd' | 'readInput'>): Promise<{ entry: ProjectFile, folder: string }> {
  if (source === '') throw usageError('No compose file is named.', 'Name a compose file, a folder with one in it, or - for standard input.')
  if (source === '-') return { entry: { name: usualNames[0], content: await io.readInput(needed.maxFileBytes) }, folder: io.cwd }
  const path = await composeFileAt(resolve(io.cwd, source), source)
  return { entry: { name: basename(path), content: await readBounded(path, source, needed.maxFileBytes) }, folder: dirname(path) }
}

async function composeFileAt(path: string, source: string): Promise<string> {
  const stats = await stat(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') return undefined
    throw new DepinError('E_FILE', `${source} may not be read by this user.`, { next: 'Look at its permissions, and at those of the folders above it.', details: { file: source }, cause: error })
  })
  if (stats === undefined) throw new DepinError('E_FILE', `There is no ${source}.`, { next: 'Name a compose file, a folder with one in it, or - for standard input.', details: { file: source } })
  if (stats.isFile()) return path
  if (!stats.isDirectory()) throw new DepinError('E_FILE', `${source} is neither a file nor a folder.`, { next: 'Use - to read from standard input.' })
  for (const name of usualNames) {
    if ((await statOf(resolve(path, name)))?.isFile() === true) return resolve(path, name)
  }
  throw new DepinError('E_FILE', `There is no compose file in ${source}: looked for ${usualNames.join(', ')}.`, { next: 'Name the file itself.', details: { file: source } })
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  return await stat(path).catch(() => undefined)
}
