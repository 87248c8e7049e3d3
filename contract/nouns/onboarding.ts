/** Setup, as the interface calls it: the first steps of an owner, what they decided, and the test guest at its end. */
import * as z from 'zod'
import { ErrorReport } from '../errors.ts'
import { LeaseId, PeerId, TimestampMs } from '../ids.ts'
import { MicroUnits } from '../units.ts'

export const onboardingSteps = ['welcome', 'check', 'share', 'safety', 'review'] as const
export const OnboardingStep = z.enum(onboardingSteps)
export type OnboardingStep = z.infer<typeof OnboardingStep>

/** What an estimate needs and nobody can measure before the first guest: the owner's own assumptions. */
export const EstimateAssumptions = z.object({
  /** How much of what is shared is rented, of the time it is shared, percent. */
  rentedLowPercent: z.int().min(0).max(100),
  rentedHighPercent: z.int().min(0).max(100),
  /** Hours a day in which the owner uses the computer, where guests sleep meanwhile. */
  ownUseHours: z.number().min(0).max(24),
  /** What a kilowatt-hour costs; null: not said. */
  kilowattHourMicro: MicroUnits.max(100_000_000n).nullable(),
  /** What the computer draws more for each core that guests use, watts. */
  wattsPerCore: z.number().min(0).max(100),
})
export type EstimateAssumptions = z.infer<typeof EstimateAssumptions>

export const defaultAssumptions: EstimateAssumptions = { rentedLowPercent: 25, rentedHighPercent: 75, ownUseHours: 8, kilowattHourMicro: null, wattsPerCore: 5 }

export const Onboarding = z.object({
  /** due: the first run; the interface opens with it. later: put off by the owner. done: gone through, or decided without it. */
  state: z.enum(['due', 'later', 'done']),
  /** Where to go on. */
  step: OnboardingStep,
  purpose: z.enum(['share', 'deploy', 'both']).nullable(),
  /** Of the interface; a browser that has not chosen another shows this one. */
  language: z.string().max(35).nullable(),
  /** by-hand: signed accounts, settled between two people: what there is today. */
  payout: z.enum(['by-hand', 'later']).nullable(),
  assumptions: EstimateAssumptions,
  /** When the owner showed that they have the words; null: they have not. */
  keySavedAtMs: TimestampMs.nullable(),
})
export type Onboarding = z.infer<typeof Onboarding>

export const OnboardingPatch = Onboarding.omit({ keySavedAtMs: true, assumptions: true }).partial().extend({ assumptions: EstimateAssumptions.partial().optional() })
export type OnboardingPatch = z.infer<typeof OnboardingPatch>

/** Text with the words in it: pasted, or the content of a saved file. */
export const WordsText = z.string().max(4096)

/** The key as words to write down: 12, or 24 where an older version made it. */
export const KeyWords = z.object({ peerId: PeerId, words: z.array(z.string()) })
export type KeyWords = z.infer<typeof KeyWords>

/**
 * The way of the test guest, which is that of every guest: its image, a price that this node signs, a lease that both sides
 * sign, a container, a connection to it, the end, and the last voucher.
 */
export const testGuestSteps = ['image', 'price', 'lease', 'start', 'reach', 'end', 'settle'] as const
export const TestGuestStep = z.enum(testGuestSteps)
export type TestGuestStep = z.infer<typeof TestGuestStep>

/** Each event is the whole present state, so a reader may skip any of them. */
export const TestGuest = z.object({
  state: z.enum(['running', 'done', 'failed']),
  startedAtMs: TimestampMs,
  steps: z.array(z.object({ id: TestGuestStep, state: z.enum(['waiting', 'running', 'done', 'failed']), tookMs: z.int().nullable() })),
  leaseId: LeaseId.nullable(),
  rateMonthMicro: MicroUnits.nullable(),
  /** From this computer through the tunnel to the guest and back. */
  roundTripMs: z.number().nullable(),
  /** What the guest came to, acknowledged by both sides. */
  settledMicro: MicroUnits.nullable(),
  /** What the last voucher is good for. */
  voucherMicro: MicroUnits.nullable(),
  problem: ErrorReport.nullable(),
})
export type TestGuest = z.infer<typeof TestGuest>
