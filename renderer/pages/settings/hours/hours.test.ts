import { describe, expect, it } from 'vitest'
import { everyHour } from '../../../../contract/nouns/owner.ts'
import { hoursAWeek, moved, paint, parseTimes, sameHours, timesOf } from './hours.ts'

const none = paint(everyHour(), { day: 0, hour: 0 }, { day: 6, hour: 23 }, false)

describe('the hours of a week', () => {
  it('are painted from corner to corner, whichever comes first', () => {
    const evenings = paint(none, { day: 4, hour: 23 }, { day: 0, hour: 19 }, true)
    expect(hoursAWeek(evenings)).toBe(25)
    expect(evenings[0]![19]).toBe(true)
    expect(evenings[5]![19]).toBe(false)
    expect(sameHours(evenings, paint(none, { day: 0, hour: 19 }, { day: 4, hour: 23 }, true))).toBe(true)
    expect(sameHours(evenings, none)).toBe(false)
  })

  it('are walked by arrow keys in the direction of reading, and end at the edges', () => {
    expect(moved({ day: 0, hour: 0 }, 'ArrowRight', 'ArrowRight')).toEqual({ day: 0, hour: 1 })
    expect(moved({ day: 0, hour: 1 }, 'ArrowRight', 'ArrowLeft')).toEqual({ day: 0, hour: 0 })
    expect(moved({ day: 0, hour: 0 }, 'ArrowUp', 'ArrowRight')).toEqual({ day: 0, hour: 0 })
    expect(moved({ day: 6, hour: 5 }, 'ArrowDown', 'ArrowRight')).toEqual({ day: 6, hour: 5 })
    expect(moved({ day: 3, hour: 5 }, 'End', 'ArrowRight')).toEqual({ day: 3, hour: 23 })
    expect(moved({ day: 3, hour: 5 }, 'a', 'ArrowRight')).toBeNull()
  })
})

describe('times of a day', () => {
  it.each(['', '00:00-24:00', '00:00-08:00, 19:00-24:00', '09:00-10:00', '23:00-24:00'])('“%s” are read as they are written', (text) => {
    expect(timesOf(parseTimes(text)!)).toBe(text)
  })

  it('are read in the ways people write them', () => {
    expect(timesOf(parseTimes('8-17')!)).toBe('08:00-17:00')
    expect(timesOf(parseTimes('22:00–02:00')!)).toBe('00:00-02:00, 22:00-24:00')
    expect(timesOf(parseTimes('٨-١٠، 12 - 13')!)).toBe('08:00-10:00, 12:00-13:00')
  })

  it.each(['8', '8-', '8:30-9', '25-26', '8-25', '9-9', 'evening'])('“%s” is refused', (text) => {
    expect(parseTimes(text)).toBeNull()
  })
})
