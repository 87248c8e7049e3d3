import { readFile, stat } from 'node:fs/promises'
import * as z from 'zod'
import { DepinError, toErrorReport } from '../../contract/errors.ts'
import { type BlocklistDraft, BlocklistSource, type ImagePolicy, type ImageRule, type Subscription } from '../../contract/nouns/images.ts'
import type { Blocklist } from '../../contract/wire/v1/records.ts'
import type { ImageVariant } from '../../contract/wire/v1/image.ts'
import { type BaseDeps, Cycle, withDeadline } from '../base/index.ts'
import { type Database, getMeta, setMeta } from '../database/index.ts'
import { parseRecord, type SignedRecord, type Signer, verifyRecord } from '../identity/index.ts'
import { judge, type Verdict } from './policy.ts'
import type { FollowedList, ImageStore } from './types.ts'

export interface RulesDeps extends BaseDeps {
  database: Database
  store: ImageStore
  signer: Signer
}

/** A followed list as a file: the signed record in base64. */
const ListFile = z.object({ depin: z.literal('image-blocklist/1'), body: z.base64(), signature: z.base64() })

const maxListBytes = 8 * 1024 ** 2
const readDeadlineMs = 20_000
const refreshMs = 6 * 3_600_000
const onlyAllowedKey = 'images-only-allowed'

/** What the owner decided about images, and the lists they follow. */
export class ImageRules {
  readonly #deps: RulesDeps
  readonly #cycle: Cycle
  #lists: { followed: FollowedList, list: Blocklist | null }[] = []

  constructor(deps: RulesDeps) {
    this.#deps = deps
    this.#cycle = new Cycle({ ...deps, name: 'blocklists', intervalMs: refreshMs, run: () => this.#readAll() })
    this.#load()
  }

  start(): void {
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    await this.#cycle.stop()
  }

  judge(reference: string, variant: ImageVariant | null): Verdict {
    const blocklists = this.#lists.flatMap(({ list }) => list ?? [])
    return judge({ onlyAllowed: this.#onlyAllowed(), rules: this.#deps.store.rules(), blocklists }, reference, variant)
  }

  policy(): ImagePolicy {
    return { onlyAllowed: this.#onlyAllowed(), rules: this.#deps.store.rules(), blocklists: this.#lists.map((each) => this.#describe(each)) }
  }

  setRule(rule: ImageRule): void {
    this.#deps.database.transaction((tx) => this.#deps.store.putRule(tx, rule))
  }

  removeRule(subject: string): void {
    const { database, store } = this.#deps
    if (!store.rules().some((rule) => rule.subject === subject)) throw new DepinError('E_NOT_FOUND', `There is no rule about ${subject}.`, { next: 'See “depin images rules”.' })
    database.transaction((tx) => store.removeRule(tx, subject))
  }

  setOnlyAllowed(on: boolean): void {
    this.#deps.database.transaction((tx) => setMeta(tx, onlyAllowedKey, String(on)))
  }

  async subscribe(source: string, publisher: string): Promise<void> {
    const signed = await this.#fetch(BlocklistSource.parse(source), publisher)
    this.#keep({ source, publisher, signed: signed.signed, fetchedAtMs: this.#deps.clock.nowMs(), problem: null })
  }

  unsubscribe(source: string): void {
    const { database, store } = this.#deps
    if (!this.#lists.some(({ followed }) => followed.source === source)) throw new DepinError('E_NOT_FOUND', `${source} is not followed.`, { next: 'See “depin images rules”.' })
    database.transaction((tx) => store.unfollow(tx, source))
    this.#load()
  }

  async refresh(): Promise<void> {
    await this.#cycle.runOnce()
  }

  sign({ name, validForMs, entries }: BlocklistDraft): string {
    const { signer, clock } = this.#deps
    const nowMs = clock.nowMs()
    const { signed } = signer.sign('blocklist', { publisher: signer.peerId, name, sequence: nowMs, issuedAtMs: nowMs, expiresAtMs: nowMs + validForMs, entries })
    const file: z.input<typeof ListFile> = { depin: 'image-blocklist/1', body: Buffer.from(signed.body).toString('base64'), signature: Buffer.from(signed.signature).toString('base64') }
    return `${JSON.stringify(file)}\n`
  }

  #onlyAllowed(): boolean {
    return getMeta(this.#deps.database.read, onlyAllowedKey) === 'true'
  }

  async #readAll(): Promise<void> {
    for (const { followed, list } of this.#lists) {
      try {
        const signed = await this.#fetch(followed.source, followed.publisher)
        if (list !== null && signed.record.sequence < list.sequence) throw new DepinError('E_BAD_INPUT', 'An older edition is offered than the one that is here.')
        this.#keep({ ...followed, signed: signed.signed, fetchedAtMs: this.#deps.clock.nowMs(), problem: null })
      } catch (error) {
        // what is here goes on counting
        this.#deps.log.warn('a blocklist could not be read', { source: followed.source, error })
        this.#keep({ ...followed, problem: toErrorReport(error).message.slice(0, 500) })
      }
    }
  }

  async #fetch(source: string, publisher: string): Promise<SignedRecord<'blocklist'>> {
    const text = await withDeadline(this.#deps.clock, `read ${source}`, readDeadlineMs, (signal) => source.startsWith('https:') ? download(source, signal) : readList(source)).catch((cause: unknown) => {
      throw cause instanceof DepinError ? cause : new DepinError('E_FILE', `The list ${source} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { next: 'Check its address.', cause })
    })
    const file = ListFile.safeParse(parseJson(text)).data
    if (file === undefined) throw new DepinError('E_BAD_INPUT', `${source} is not a list of images.`, { next: 'Lists are made with “depin images sign”.' })
    const signed = verifyRecord('blocklist', { body: Buffer.from(file.body, 'base64'), signature: Buffer.from(file.signature, 'base64') }, publisher)
    if (signed.record.publisher === publisher) return signed
    throw new DepinError('E_SIGNATURE', `${source} is a list of somebody else.`, { next: 'Check the key of its publisher.' })
  }

  #keep(followed: FollowedList): void {
    this.#deps.database.transaction((tx) => this.#deps.store.follow(tx, followed))
    this.#load()
  }

  #load(): void {
    this.#lists = this.#deps.store.followed().map((followed) => ({ followed, list: followed.signed === null ? null : parseRecord('blocklist', followed.signed.body) }))
  }

  #describe({ followed: { source, publisher, fetchedAtMs, problem }, list }: { followed: FollowedList, list: Blocklist | null }): Subscription {
    const isExpired = list !== null && list.expiresAtMs < this.#deps.clock.nowMs()
    return {
      source, publisher, fetchedAtMs, problem, name: list?.name ?? null, entries: list?.entries.length ?? 0, sequence: list?.sequence ?? null,
      expiresAtMs: list?.expiresAtMs ?? null, state: list === null ? 'unread' : isExpired ? 'expired' : 'current',
    }
  }
}

async function download(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'error' })
  if (!response.ok) throw new Error(`it answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > maxListBytes) throw new Error('it has no end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function readList(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > maxListBytes) throw new Error('it is too large')
  return await readFile(path, 'utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
