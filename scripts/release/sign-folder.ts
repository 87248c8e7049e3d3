/** Signs every package in a folder: a manifest beside each. */
import type { KeyObject } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import type { UpdateChannel } from '../../contract/nouns/updates.ts'
import { type Manifest, manifestName, sha512Of, signStatement, Statement } from '../../release/index.ts'
import { artefactOf, contradiction, type FeedEntry } from './artefacts.ts'

export interface SignOptions {
  folder: string
  version: string
  channel: UpdateChannel
  rolloutPercent: number
  nowMs: number
  validForMs: number
  keys: readonly KeyObject[]
}

const Feed = z.object({ version: z.string(), files: z.array(z.object({ url: z.string(), sha512: z.string(), size: z.int().optional() })) })

/** The names of the manifests. Signs all of them or none. */
export async function signFolder(options: SignOptions): Promise<string[]> {
  const names = readdirSync(options.folder)
  const artefacts = names.map(artefactOf).filter((each) => each !== null)
  if (artefacts.length === 0) throw new Error(`${options.folder} holds no package.`)
  const feed = names.filter((name) => /^(latest|beta).*\.yml$/.test(name)).flatMap((name) => entriesOf(join(options.folder, name)))
  const manifests: { name: string, manifest: Manifest }[] = []
  for (const artefact of artefacts) {
    const path = join(options.folder, artefact.file)
    const statement = Statement.parse({
      ...artefact, version: options.version, channel: options.channel, sha512: await sha512Of(path), bytes: statSync(path).size,
      rolloutPercent: options.rolloutPercent, signedAtMs: options.nowMs, expiresAtMs: options.nowMs + options.validForMs,
    })
    const wrong = contradiction(feed, { ...statement, sha512Base64: Buffer.from(statement.sha512, 'hex').toString('base64') })
    if (wrong !== null) throw new Error(`${artefact.file}: ${wrong}. Nothing was signed.`)
    manifests.push({ name: manifestName(statement), manifest: signStatement(statement, options.keys) })
  }
  const doubled = manifests.find(({ name }, index) => manifests.findIndex((other) => other.name === name) !== index)
  if (doubled !== undefined) throw new Error(`Two packages would have the manifest ${doubled.name}. Nothing was signed.`)
  for (const { name, manifest } of manifests) writeFileSync(join(options.folder, name), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifests.map(({ name }) => name)
}

function entriesOf(path: string): FeedEntry[] {
  const parsed = Feed.safeParse(parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${basename(path)} is not a feed of electron-builder. Nothing was signed.`)
  return parsed.data.files.map(({ url, sha512, size }) => ({ version: parsed.data.version, url, sha512, bytes: size ?? null }))
}
