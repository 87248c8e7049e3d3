import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { defaultAssumptions, EstimateAssumptions, type KeyWords, Onboarding, type OnboardingPatch, type TestGuest } from '../../contract/nouns/onboarding.ts'
import { PeerId } from '../../contract/ids.ts'
import { getMeta, jsonColumn, setMeta } from '../database/index.ts'
import { peerIdOfSeed, type Restored, seedFromWords, wordsOf } from '../identity/index.ts'
import { hangsOn } from './restore.ts'
import { TestGuests } from './test-guest.ts'
import type { OnboardingDeps, OnboardingPart } from './types.ts'

const metaKey = 'onboarding'
/** JSON has no bigint: the amount is kept as decimal text. */
const AmountText = z.string().regex(/^\d+$/).transform((text) => BigInt(text))
const Stored = jsonColumn(Onboarding.extend({
  assumptions: EstimateAssumptions.extend({ kilowattHourMicro: AmountText.nullable() }),
  /** Whose words were saved. A restore that is under way may not come about: then they are not those of the key that is here. */
  savedKey: PeerId.optional(),
}))
/** The answer to the owner's order goes out before the line is cut, ms. */
const beforeRestoreMs = 200

export function createOnboarding(deps: OnboardingDeps): OnboardingPart {
  return new Part(deps)
}

class Part implements OnboardingPart {
  readonly #deps: OnboardingDeps
  readonly #tests: TestGuests

  constructor(deps: OnboardingDeps) {
    this.#deps = deps
    this.#tests = new TestGuests(deps)
  }

  start(): void {
    this.#tests.start()
  }

  async stop(): Promise<void> {
    await this.#tests.stop()
  }

  get(): Onboarding {
    const { database, identity } = this.#deps
    const text = getMeta(database.read, metaKey)
    if (text === undefined) return this.#untouched()
    const { savedKey = identity.peerId, ...stored } = Stored.parse(text)
    return savedKey === identity.peerId ? stored : { ...stored, keySavedAtMs: null }
  }

  save(patch: OnboardingPatch): Onboarding {
    const now = this.get()
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<Onboarding>
    return this.#put({ ...now, ...given, assumptions: { ...now.assumptions, ...given.assumptions } })
  }

  words(): KeyWords {
    const { identity } = this.#deps
    return { peerId: identity.peerId, words: identity.words() }
  }

  confirmWords(text: string): Onboarding {
    const { identity, clock } = this.#deps
    if (wordsOf(seedFromWords(text)).join() !== identity.words().join()) {
      throw new DepinError('E_CONFLICT', 'These are the words of another computer’s key.', { next: 'Take the words that are shown here.' })
    }
    return this.#put({ ...this.get(), keySavedAtMs: clock.nowMs() })
  }

  restore(text: string): Restored {
    const { clock, identity, ledgerStore, requestRestore } = this.#deps
    const seed = seedFromWords(text)
    const peerId = peerIdOfSeed(seed)
    if (peerId !== identity.peerId) this.#assertFree(hangsOn(ledgerStore))
    // whoever typed them has them
    this.#put({ ...this.get(), keySavedAtMs: clock.nowMs() }, peerId)
    if (peerId === identity.peerId) return { peerId, outcome: 'same' }
    clock.after(beforeRestoreMs, () => requestRestore(seed))
    return { peerId, outcome: 'restored' }
  }

  beginTest(): TestGuest {
    return this.#tests.begin()
  }

  lastTest(): TestGuest | null {
    return this.#tests.last()
  }

  #assertFree(use: string | null): void {
    if (use === null) return
    throw new DepinError('E_CONFLICT', `This computer has an identity of its own, with ${use}: that would be lost.`, {
      next: 'Restore into an empty data directory, with “depin restore --data-dir …”, or on another computer.',
    })
  }

  /** Nobody has been in Setup. Who decided by other means is not asked again. */
  #untouched(): Onboarding {
    const { capacity, deployments, ledgerStore } = this.#deps
    const isDecided = capacity.isDecided() || deployments.list().length > 0 || ledgerStore.channels().length > 0
    return { state: isDecided ? 'done' : 'due', step: 'welcome', purpose: null, language: null, payout: null, assumptions: defaultAssumptions, keySavedAtMs: null }
  }

  #put(next: Onboarding, savedKey: string = this.#deps.identity.peerId): Onboarding {
    const { database, bus } = this.#deps
    const text = JSON.stringify({ ...Onboarding.parse(next), savedKey }, (_, value: unknown) => typeof value === 'bigint' ? value.toString() : value)
    database.transaction((tx) => {
      setMeta(tx, metaKey, text)
      database.afterCommit(() => bus.publish('onboarding-changed', null))
    })
    return next
  }
}
