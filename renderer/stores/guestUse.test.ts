import { describe, expect, it } from 'vitest'
import { type GuestSample, guestUseKeptMs } from '../../contract/nouns/guest.ts'
import { mergeSamples } from './guestUse.ts'

const at = (atMs: number): GuestSample => ({ atMs, cpuMilli: atMs, memoryMiB: 1, sentBytesPerS: null, receivedBytesPerS: 0 })
const times = (samples: readonly GuestSample[]): number[] => samples.map(({ atMs }) => atMs)

describe('what a guest uses', () => {
  it('grows at its end', () => {
    expect(times(mergeSamples([at(10), at(20)], [at(30)]))).toEqual([10, 20, 30])
    expect(times(mergeSamples([at(10)], []))).toEqual([10])
  })

  it('is shown once when a stream that was cut begins anew, and keeps what came before', () => {
    expect(times(mergeSamples([at(10), at(20), at(30)], [at(20), at(30), at(40)]))).toEqual([10, 20, 30, 40])
  })

  it('is kept for an hour', () => {
    expect(times(mergeSamples([at(10), at(20)], [at(10 + guestUseKeptMs)]))).toEqual([20, 10 + guestUseKeptMs])
  })
})
