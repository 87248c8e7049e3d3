import { expect, it } from 'vitest'
import type { FindingCause } from '../../../contract/nouns/node.ts'
import { fixtureFormat } from '../../gallery/fixtures/format.ts'
import ar from '../../i18n/ar.json'
import en from '../../i18n/en.json'
import { findingFix, findingSentence } from './findings.ts'

/** One of each, with facts that have no words of their own. */
const causes: { [Code in FindingCause['code']]: FindingCause & { code: Code } } = {
  'engine-missing': { code: 'engine-missing' }, 'engine-looking': { code: 'engine-looking' }, 'engine-stopped': { code: 'engine-stopped' },
  'engine-hung': { code: 'engine-hung' }, 'engine-forbidden': { code: 'engine-forbidden' },
  'engine-unsafe': { code: 'engine-unsafe', cves: ['CVE-2025-9074'], update: '4.44.3' },
  'engine-leaks': { code: 'engine-leaks', leaks: ['10.0.0.1'] }, 'engine-doubts': { code: 'engine-doubts', doubts: ['1.1.5'] },
  'data-dir': { code: 'data-dir', error: 'E_DATA_DIR_DAMAGED' }, 'disk-low': { code: 'disk-low', freeMiB: 100, neededMiB: 5120 },
  'clock-behind': { code: 'clock-behind', minutes: 9 }, 'clock-ahead': { code: 'clock-ahead', minutes: 2 },
  'network-hidden': { code: 'network-hidden' }, 'peers-none': { code: 'peers-none' }, 'service-none': { code: 'service-none' },
  'updates-damaged': { code: 'updates-damaged' }, 'runtime-old': { code: 'runtime-old', version: '20.1.0', wanted: '24' },
}
const said = Object.values(causes).map((cause) => {
  const finding = { id: 'engine', status: 'fail', cause, message: 'In English.', fix: 'Do this.' } as const
  return (language: 'ar' | 'en') => {
    const f = language === 'ar' ? fixtureFormat(ar, 'ar-u-nu-latn') : fixtureFormat(en)
    return `${findingSentence(finding, f)} ${findingFix(finding, f) ?? ''}`
  }
})

it('says every problem and what helps in Arabic, with no English word but names of commands', () => {
  for (const say of said) {
    const own = say('ar').replaceAll(/\u2068[^\u2069]*\u2069/g, '').replaceAll('depin doctor', '')
    expect(own).toMatch(/\p{Script=Arabic}/u)
    expect(own).not.toMatch(/[A-Za-z]/)
  }
})

it('says the facts: how much, how late, what was reached', () => {
  const sentence = (cause: FindingCause) => findingSentence({ id: 'disk', status: 'fail', cause, message: '', fix: null }, fixtureFormat(en))
  expect(sentence(causes['disk-low'])).toBe('Only 100 MB of disk are free: sharing stops below 5 GB.')
  expect(sentence({ code: 'clock-ahead', minutes: 1 })).toBe('This clock is 1 minute ahead of those of other computers.')
  expect(sentence(causes['engine-leaks'])).toBe('Guests could reach what they may not, so none are taken: \u206810.0.0.1\u2069')
})
