import { describe, expect, it } from 'vitest'
import { formatSizeMiB } from '../../contract/units.ts'
import { fixtureFormat } from '../gallery/fixtures/format.ts'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'

const f = fixtureFormat(en)
const american = fixtureFormat(en, 'en-US')
const arabic = fixtureFormat(ar, 'ar-u-nu-latn')
const nowMs = Date.parse('2026-06-24T15:42:30Z')

describe('format', () => {
  it('shows the time alone today, and the day before that', () => {
    expect(f.when(Date.parse('2026-06-24T07:40:00Z'), nowMs)).toBe('07:40')
    expect(f.when(Date.parse('2026-06-18T07:40:00Z'), nowMs)).toBe('18 June')
    expect(f.exactly(Date.parse('2026-06-18T07:40:00Z'), nowMs)).toBe('18 June, 07:40')
  })

  it('follows the person’s own variant of a language', () => {
    expect(american.time(Date.parse('2026-06-24T15:40:00Z'))).toMatch(/^3:40\sPM$/)
  })

  it('uses Western digits in Arabic', () => {
    expect(arabic.time(Date.parse('2026-06-24T15:40:00Z'))).toMatch(/3:40/)
    expect(arabic.t('sharing.guests', { guests: 11 })).toBe('11 تطبيقًا ضيفًا')
  })

  it('says sizes in the units of the command line and the doctor', () => {
    for (const mebibytes of [1, 640, 1023, 1024, 6144, 90_000, 2_000_000]) expect(f.size(mebibytes).split(' ').at(-1)).toBe(formatSizeMiB(mebibytes).split(' ').at(-1))
  })

  it.each([[640, '640 MB'], [1536, '1.5 GB'], [6144, '6 GB'], [153_600, '150 GB'], [0, '0 MB']])('shows %d MiB as %s', (mebibytes, text) => {
    expect(f.size(mebibytes)).toBe(text)
  })

  it('counts down in minutes and seconds, and not below nothing', () => {
    expect(f.countdown(42_000)).toBe('0:42')
    expect(f.countdown(125_400)).toBe('2:06')
    expect(f.countdown(-5)).toBe('0:00')
  })

  it('names cores and regions', () => {
    expect(f.cores(1000)).toBe('1 core')
    expect(f.cores(500)).toBe('0.5 cores')
    expect(f.region('BR-PE')).toBe('Brazil, PE')
    expect(f.region('TZ')).toBe('Tanzania')
  })
})
