/** A compose file and what it names, from disk to what the service takes. */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { ManifestBundle, ManifestReport } from '../../contract/nouns/deployment.ts'
import type { Io } from '../io.ts'
import { ProjectFolder, readBounded, type ProjectFile } from './project-folder.ts'
import { environmentFor } from './references.ts'

/** What compose looks for in a folder, in this order. */
const usualNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const

/** The contract's bound on a file is on its base64, the transport's on the whole message. */
const maxFileBytes = 1_048_576
const maxTotalBytes = 4 * 1_048_576
const maxFiles = 512
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
 *
 * @param source a file, a folder with a compose file in it, or `-` for standard input (its files are then sought here).
 */
export async function collectBundle(source: string, validate: Validate, io: Pick<Io, 'cwd' | 'env' | 'readInput'>): Promise<Collected> {
  const { entry, folder } = await readEntry(source, io)
  const project = await ProjectFolder.at(folder)
  const files = new Map<string, Buffer>([[entry.name, entry.content]])
  const asked = new Set([entry.name, '.env'])
  // a folder of this name is somebody's virtual environment
  let wanted = await project.isFile('.env') ? ['.env'] : []
  for (;;) {
    for (const name of wanted) await add(project, name, files, asked)
    const bundle = toBundle(entry.name, files, io.env)
    const report = await validate(bundle)
    wanted = report.missingFiles.filter((name) => !asked.has(name))
    if (wanted.length === 0 || asked.size > maxAsked) return { bundle, report }
  }
}

async function add(project: ProjectFolder, name: string, files: Map<string, Buffer>, asked: Set<string>): Promise<void> {
  asked.add(name)
  for (const file of await project.read(name, { maxFileBytes, maxFiles })) files.set(file.name, file.content)
  const totalBytes = [...files.values()].reduce((sum, content) => sum + content.byteLength, 0)
  if (files.size <= maxFiles && totalBytes <= maxTotalBytes) return
  throw new DepinError('E_TOO_LARGE', `With ${name}, the files of this app are ${files.size} and ${Math.ceil(totalBytes / 1024)} KiB; ${maxFiles} and ${maxTotalBytes / 1024} KiB can be sent.`, {
    next: 'Put large files into an image.', details: { file: name, files: files.size, totalBytes },
  })
}

async function readEntry(source: string, io: Pick<Io, 'cwd' | 'readInput'>): Promise<{ entry: ProjectFile, folder: string }> {
  if (source === '-') return { entry: { name: usualNames[0], content: await io.readInput(maxFileBytes) }, folder: io.cwd }
  const path = await composeFileAt(resolve(io.cwd, source), source)
  return { entry: { name: basename(path), content: await readBounded(path, source, maxFileBytes) }, folder: dirname(path) }
}

async function composeFileAt(path: string, source: string): Promise<string> {
  const stats = await statOf(path)
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

function toBundle(entry: string, files: ReadonlyMap<string, Buffer>, env: Io['env']): ManifestBundle {
  const texts = [...files.values()].map((content) => content.toString('utf8'))
  return {
    entry,
    files: Object.fromEntries([...files].map(([name, content]) => [name, content.toString('base64')])),
    env: environmentFor(texts, env),
  }
}
