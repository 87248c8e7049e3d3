import { describe, expect, it } from 'vitest'
import { localeFor, pickLanguage } from './language.ts'

describe('language', () => {
  it('is the first wanted one that there is', () => {
    expect(pickLanguage(['sw-TZ', 'ar-EG', 'en-GB'])).toBe('ar')
    expect(pickLanguage(['fr'])).toBe('en')
    expect(pickLanguage([])).toBe('en')
  })

  it('takes dates from the person’s own variant', () => {
    expect(localeFor('en', ['ar-EG', 'en-GB'])).toBe('en-GB')
    expect(localeFor('en', ['ar-EG'])).toBe('en')
  })

  it('writes Western digits in Arabic', () => {
    expect(new Intl.NumberFormat(localeFor('ar', ['ar-EG'])).format(12)).toBe('12')
  })
})
