/**
 * The first steps of an owner: what they have decided, their key's words, and a guest of their own to see it work.
 */
import type { KeyWords, Onboarding, OnboardingPatch, TestGuest } from '../../contract/nouns/onboarding.ts'
import type { BaseDeps, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Capacity } from '../capacity/types.ts'
import type { Database } from '../database/index.ts'
import type { Deployments } from '../deployments/types.ts'
import type { EngineHost } from '../engine/types.ts'
import type { Identity, Restored } from '../identity/index.ts'
import type { Ingress } from '../ingress/types.ts'
import type { LedgerStore } from '../ledger/types.ts'
import type { Leases } from '../market/types.ts'

export interface OnboardingDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  identity: Identity
  capacity: Capacity
  engine: EngineHost
  leases: Leases
  ledgerStore: LedgerStore
  deployments: Deployments
  ingress: Ingress
  /** Stops the node, makes it the one of this seed, and starts it again. */
  requestRestore: (seed: Uint8Array) => void
}

export interface OnboardingPart extends Startable {
  get(): Onboarding
  /** Durable when it returns. */
  save(patch: OnboardingPatch): Onboarding
  words(): KeyWords
  /** E_BAD_INPUT, E_CONFLICT. */
  confirmWords(text: string): Onboarding
  /** E_BAD_INPUT; E_CONFLICT where the identity that is here would be lost. */
  restore(text: string): Restored
  /** Begins a test unless one is under way. */
  beginTest(): TestGuest
  lastTest(): TestGuest | null
}
