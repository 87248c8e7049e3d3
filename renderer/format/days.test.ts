import { describe, expect, it } from 'vitest'
import { dayBefore, dayOf, lastDays, thisMonth } from './days.ts'

const hour = (iso: string, micro: bigint) => ({ hourMs: Date.parse(iso), micro })

describe('days of the owner’s calendar', () => {
  it('puts an hour into the day it is where the owner lives', () => {
    const atMs = Date.parse('2026-06-24T23:00:00Z')
    expect(dayOf(atMs, 'UTC')).toBe('2026-06-24')
    expect(dayOf(atMs, 'Africa/Dar_es_Salaam')).toBe('2026-06-25')
    expect(dayOf(atMs, 'America/Recife')).toBe('2026-06-24')
  })

  it('counts back over months, leap days and changes of the clock', () => {
    expect(dayBefore('2026-03-01', 1)).toBe('2026-02-28')
    expect(dayBefore('2028-03-01', 1)).toBe('2028-02-29')
    expect(dayBefore('2026-03-29', 1)).toBe('2026-03-28')
  })

  it('gives each of the last days once, also when one has 23 hours', () => {
    const days = lastDays([hour('2026-03-29T01:00:00Z', 3n), hour('2026-03-28T22:30:00Z', 2n), hour('2026-01-01T00:00:00Z', 99n)], {
      nowMs: Date.parse('2026-03-30T10:00:00Z'), timeZone: 'Europe/Berlin', count: 3,
    })
    expect(days).toEqual([{ day: '2026-03-28', micro: 2n }, { day: '2026-03-29', micro: 3n }, { day: '2026-03-30', micro: 0n }])
  })

  it('sums the calendar month', () => {
    const hours = [hour('2026-06-30T22:00:00Z', 5n), hour('2026-07-01T12:00:00Z', 7n), hour('2026-06-30T12:00:00Z', 11n)]
    const nowMs = Date.parse('2026-07-02T00:00:00Z')
    expect(thisMonth(hours, { nowMs, timeZone: 'UTC' })).toBe(7n)
    expect(thisMonth(hours, { nowMs, timeZone: 'Africa/Dar_es_Salaam' })).toBe(12n)
  })
})
